import { isUtf8 } from 'node:buffer';
import { RequestError } from '../../errors.ts';
import { formatDuration } from '../../../common/duration.ts';
import type { Exchange } from '../../../common/http/exchange/exchange.ts';
import { GatheredBytes } from '../../../common/http/exchange/gathered-bytes.ts';
import { execLimit } from '../time-limits.ts';
import { canonicalHeaders, classicEnvironment } from './cgi-environment.ts';
import { describeExit, isSuccess } from '../../process/exit-status.ts';
import type { ForkedProcess } from './forked-process.ts';
import { forkMode } from './fork-mode.ts';
import { ForkRunner } from './fork-runner.ts';
import { sniffedType } from '../sniffed-type.ts';

/** The methods that the classic watchdog serves. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * `mode=classic`: the rules of OpenFaaS's first watchdog. Both bodies are buffered, stderr is a part of the response
 * unless combine_output=false, the content type of the request comes back, and exec_timeout is a 408.
 */
class ClassicRunner extends ForkRunner {
  protected override async serve(exchange: Exchange): Promise<void> {
    if (!METHODS.has(exchange.method)) {
      const text = `${exchange.method} is not served in classic mode`;
      exchange.fail(new RequestError('METHOD_NOT_ALLOWED', text), ['Allow', [...METHODS].join(', ')]);
      return;
    }
    const { settings, logger } = this.context;
    if (settings.debugHeaders) this.#printHeaders('in', canonicalHeaders(exchange.request));
    const body = exchange.body.isAnnounced ? await exchange.body.readWhole() : Buffer.alloc(0);
    if (settings.readDebug) this.#print(body);
    if (settings.writeDebug) this.#logTarget(exchange.target);
    logger.info('Forking fprocess.');
    this.#limitKilling(exchange);
    const forked = await this.fork(exchange);
    const stdout = GatheredBytes.of((take) => forked.readOutput(take));
    if (!exchange.isOver)
      forked.stdin.end(settings.marshalRequest ? Buffer.from(marshal(exchange, body)) : body);
    const exit = await forked.finished();
    if (isSuccess(exit)) this.#respond(exchange, stdout.bytes());
    else this.#respondFailed(exchange, describeExit(exit), stdout.bytes());
  }

  protected override requestVariables(exchange: Exchange): Record<string, string> {
    return classicEnvironment(exchange.request, exchange.target);
  }

  /** Merges stderr into the output, or logs it as a whole. */
  protected override receiveErrors(forked: ForkedProcess): void {
    const { settings, logger } = this.context;
    if (settings.combineOutput) return;
    const stderr = GatheredBytes.of((take) => forked.readErrors(take));
    const log = (): void => {
      const bytes = stderr.bytes();
      if (bytes.length > 0) logger.info(`stderr: ${bytes.toString().trimEnd()}`);
    };
    forked.finished().then(log, log);
  }

  protected override get mergesErrors(): boolean {
    return this.context.settings.combineOutput;
  }

  #limitKilling(exchange: Exchange): void {
    const { settings, logger } = this.context;
    const limit = execLimit(settings.execTimeout, exchange.request.headers);
    if (!limit) return;
    exchange.onOver((reason) => {
      if (reason?.code === 'PROCESS_TIMEOUT_CLASSIC') {
        logger.error(`Killing process: ${(settings.functionProcess ?? []).join(' ')}`);
      }
    });
    exchange.limitTime(limit.name, limit.ms, () => {
      const text = `Killed process.\n${limit.name} of ${formatDuration(limit.ms)} passed before it had answered`;
      return new RequestError('PROCESS_TIMEOUT_CLASSIC', text);
    });
  }

  #respond(exchange: Exchange, output: Buffer): void {
    const { settings, logger } = this.context;
    if (exchange.isOver) return;
    const requested = exchange.request.headers['content-type'] || undefined; // an empty header counts as none
    const type = settings.contentType ?? requested ?? sniffedType(output);
    const seconds = exchange.seconds.toFixed(6);
    const headers = ['Content-Type', type, 'X-Duration-Seconds', seconds];
    exchange.respond(200, headers, output);
    if (settings.debugHeaders) {
      this.#printHeaders(
        'out',
        new Map([
          ['Content-Type', [type]],
          ['X-Duration-Seconds', [seconds]],
        ]),
      );
    }
    if (settings.writeDebug) this.#print(output);
    logger.info(`${settings.writeDebug ? '' : `Wrote ${output.length} Bytes - `}Duration: ${seconds}s`);
  }

  #respondFailed(exchange: Exchange, exit: string, output: Buffer): void {
    const { settings, logger } = this.context;
    if (settings.writeDebug) {
      logger.error(`Success=false, Error=${exit}`);
      logger.error(`Out=${output.toString().trimEnd()}`);
    }
    exchange.fail(new RequestError('PROCESS_FAILED', exit), [], output);
  }

  #logTarget(target: string): void {
    const [path = '', ...query] = target.split('?');
    this.context.logger.info(`Query ${query.join('?')}`);
    this.context.logger.info(`Path ${path}`);
  }

  #printHeaders(direction: 'in' | 'out', headers: ReadonlyMap<string, readonly string[]>): void {
    for (const [name, values] of headers) {
      this.#print(Buffer.from(`[${direction}] ${name}=[${values.join(' ')}]\n`, 'latin1'));
    }
  }

  #print(bytes: Buffer): void {
    const { settings, logger, output } = this.context;
    if (settings.logFormat === 'json') logger.info(bytes.toString().trimEnd());
    else output.stdout.write(bytes);
  }
}

export const classicMode = forkMode((context) => new ClassicRunner(context));

/** Makes one JSON object of the request: `{"header":{"X-H":["v"]},"body":{"raw":"<base64>"}}`. */
function marshal(exchange: Exchange, body: Buffer): string {
  const names = [...canonicalHeaders(exchange.request)].filter(
    ([name]) => name !== 'Host' && name !== 'Transfer-Encoding',
  );
  const texts = names.map(([name, values]) => [name, values.map(asText)] as const);
  const header = Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ header, body: { raw: body.toString('base64') } });
}

/** Reads bytes, one for each character, as UTF-8 where they are valid UTF-8, otherwise as Latin-1. */
function asText(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : value;
}
