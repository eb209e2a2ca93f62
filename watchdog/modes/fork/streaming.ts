import { RequestError } from '../../errors.ts';
import type { Exchange } from '../../../common/http/exchange/exchange.ts';
import { describeExit, isSuccess } from '../../process/exit-status.ts';
import type { ForkedProcess } from './forked-process.ts';
import { forkMode } from './fork-mode.ts';
import { ForkRunner } from './fork-runner.ts';

/** `mode=streaming`: a process per request; the request's body flows to its stdin, its stdout to the response. */
class StreamingRunner extends ForkRunner {
  protected override async serve(exchange: Exchange): Promise<void> {
    const { settings } = this.context;
    this.limitExecution(exchange, true);
    const forked = await this.fork(exchange);
    if (!exchange.isOver) feed(exchange, forked);
    this.#copyOutput(exchange, forked);
    const status = await forked.finished();
    if (!isSuccess(status) && settings.exitStatus === 'fail') {
      exchange.fail(new RequestError('PROCESS_FAILED', describeExit(status)));
      return;
    }
    this.#sendHead(exchange);
    exchange.end();
  }

  #copyOutput(exchange: Exchange, forked: ForkedProcess): void {
    forked.readOutput((chunk) => {
      this.#sendHead(exchange);
      if (exchange.write(chunk)) return;
      forked.pauseOutput();
      exchange.onceDrained(() => forked.resumeOutput());
    });
    exchange.onOver(() => forked.resumeOutput());
  }

  #sendHead(exchange: Exchange): void {
    if (exchange.response.headersSent) return;
    const type = this.context.settings.contentType ?? 'application/octet-stream';
    exchange.sendHead(200, undefined, ['Content-Type', type]);
  }
}

export const streamingMode = forkMode((context) => new StreamingRunner(context));

/** Lets the request's body flow to the process. */
function feed(exchange: Exchange, forked: ForkedProcess): void {
  if (!exchange.body.isAnnounced) {
    forked.stdin.end();
    return;
  }
  forked.stdin.onDrain(() => exchange.body.resume());
  exchange.body.flowInto({
    chunk: (bytes) => forked.stdin.write(bytes),
    end: () => forked.stdin.end(),
  });
}
