import type { ExchangeRequest, ExchangeResponse } from '../../common/http/exchange/message.ts';
import type { LockFile } from './lock-file.ts';

/**
 * The watchdog's health: it accepts requests, and the lock-file, where one is used, is there. Removing the lock-file
 * takes the function out of service, as in of-watchdog.
 */
export class Health {
  readonly #lockFile: LockFile | undefined;
  #isAccepting = false;

  /** @param lockFile undefined with suppress_lock */
  constructor(lockFile: LockFile | undefined) {
    this.#lockFile = lockFile;
  }

  accept(): void {
    this.#isAccepting = true;
  }

  /** Tells the orchestrator from now on to send no more. */
  refuse(): void {
    this.#isAccepting = false;
  }

  get isHealthy(): boolean {
    return this.#isAccepting && (this.#lockFile?.isPresent ?? true);
  }

  /** Answers `/_/health`; only to GET, as in of-watchdog. */
  answer(request: ExchangeRequest, response: ExchangeResponse): void {
    if (request.method !== 'GET') return answerEmpty(request, response, 405, ['Allow', 'GET']);
    if (!this.isHealthy) return answerEmpty(request, response, 503);
    response.writeHead(200, ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', '2']);
    response.end(Buffer.from('OK'));
  }
}

/** Answers with a status and no body. */
export function answerEmpty(
  request: ExchangeRequest,
  response: ExchangeResponse,
  status: number,
  headers: readonly string[] = [],
): void {
  const close = request.complete ? [] : ['Connection', 'close'];
  response.writeHead(status, [...headers, ...close, 'Content-Length', '0']);
  response.end();
}
