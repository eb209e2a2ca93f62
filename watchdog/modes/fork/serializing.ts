import { RequestError } from '../../errors.ts';
import type { Exchange } from '../../../common/http/exchange/exchange.ts';
import { GatheredBytes } from '../../../common/http/exchange/gathered-bytes.ts';
import { describeExit, isSuccess } from '../../process/exit-status.ts';
import { forkMode } from './fork-mode.ts';
import { ForkRunner } from './fork-runner.ts';

/** `mode=serializing`: a process per request, with both bodies read whole and a Content-Length. */
class SerializingRunner extends ForkRunner {
  protected override async serve(exchange: Exchange): Promise<void> {
    this.limitExecution(exchange, false);
    const body = exchange.body.isAnnounced ? await exchange.body.readWhole() : undefined;
    const forked = await this.fork(exchange);
    const output = GatheredBytes.of((take) => forked.readOutput(take));
    if (!exchange.isOver) forked.stdin.end(body);
    const status = await forked.finished();
    if (!isSuccess(status)) {
      exchange.fail(new RequestError('PROCESS_FAILED', describeExit(status)));
      return;
    }
    const type = this.context.settings.contentType ?? 'application/octet-stream';
    const headers = ['Content-Type', type, 'X-Duration-Seconds', exchange.seconds.toFixed(6)];
    exchange.respond(200, headers, output.bytes());
  }
}

export const serializingMode = forkMode((context) => new SerializingRunner(context));
