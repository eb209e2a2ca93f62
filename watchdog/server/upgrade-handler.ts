import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpError } from '../../common/http/http-error.ts';
import { framingFault } from '../../common/http/server/framing.ts';
import { refuseUpgrade, type UpgradeOutcome } from '../../common/http/upstream/upgrade.ts';
import { internalError } from '../errors.ts';
import { watchdogManner } from '../manner.ts';
import type { Mode } from '../modes/mode.ts';
import type { Runner } from '../modes/runner.ts';
import type { JwtAuth } from './auth/jwt-auth.ts';
import { refusalHeaders } from './auth/refusal.ts';
import { dotsFault, withoutDots } from './clean-reference.ts';
import type { Limiter } from './limiter.ts';
import type { HttpMetrics } from './metrics/http-metrics.ts';
import type { RequestLog } from './request-log.ts';

export interface UpgradeHandlerParts {
  readonly mode: Mode;
  readonly runner: Runner;
  readonly limiter: Limiter;
  readonly metrics: HttpMetrics;
  readonly log: RequestLog;
  readonly auth: JwtAuth | undefined;
}

/** Takes every request for an upgraded connection: first limit and authentication, then the function. */
export class UpgradeHandler {
  readonly #parts: UpgradeHandlerParts;

  constructor(parts: UpgradeHandlerParts) {
    this.#parts = parts;
  }

  /** Serves a connection until it closes. */
  async handle(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const { mode, metrics, limiter, log } = this.#parts;
    const startedAt = performance.now();
    socket.on('error', () => undefined); // the close that follows is waited for
    const location = withoutDots(mode, request);
    const refusal = framingFault(request) ?? (location === undefined ? limiter.enter() : dotsFault(location));
    const outcome = refusal
      ? this.#refuse(socket, refusal, location)
      : await this.#carry(request, socket, head).finally(() => limiter.leave());
    const { status, failure } = outcome;
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.count(status, request.method ?? 'GET', seconds);
    if (failure) log.failure(failure);
    log.access(request, { ...outcome, reason: STATUS_CODES[status], seconds });
  }

  async #carry(request: IncomingMessage, socket: Socket, head: Buffer): Promise<UpgradeOutcome> {
    const { auth, runner } = this.#parts;
    const refusal = await auth?.check(request.headers);
    if (refusal) return this.#refuse(socket, refusal);
    try {
      if (runner.upgrade) return await runner.upgrade(request, socket, head);
      throw new Error('this mode upgrades no connection');
    } catch (thrown) {
      return this.#refuse(socket, internalError(thrown));
    }
  }

  #refuse(socket: Socket, failure: HttpError, location?: string): UpgradeOutcome {
    const isMoved = failure.code === 'PATH_HAS_DOTS' && location !== undefined;
    const headers = isMoved ? ['Location', location] : refusalHeaders(failure);
    refuseUpgrade(socket, watchdogManner, failure, headers);
    return { status: failure.status, bytes: 0, failure };
  }
}
