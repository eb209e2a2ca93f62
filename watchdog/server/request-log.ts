import type { ExchangeRequest } from '../../common/http/exchange/message.ts';
import type { HttpError } from '../../common/http/http-error.ts';
import type { UpgradeOutcome } from '../../common/http/upstream/upgrade.ts';
import type { Logger } from '../log/logger.ts';
import type { Mode } from '../modes/mode.ts';

/** The end of a request, or of an upgraded connection. */
export interface RequestOutcome extends UpgradeOutcome {
  /** The words after the status; undefined for none. */
  readonly reason: string | undefined;
  /** How long it took. */
  readonly seconds: number;
}

/** Logs requests: an access line for each, and an error line for one that failed. */
export class RequestLog {
  readonly #logger: Logger;
  readonly #mode: Mode;

  constructor(logger: Logger, mode: Mode) {
    this.#logger = logger;
    this.#mode = mode;
  }

  failure({ code, message }: HttpError): void {
    if (code === 'LIMIT_EXCEEDED' || code === 'PATH_HAS_DOTS') return; // its access line says everything
    this.#logger.error(message.replaceAll('\n', ' '), { code });
  }

  /**
   * @param method as the client sent it, like `target`: give both where the request has been in the hands of a function
   * in this process, which may have changed it
   */
  access(
    request: ExchangeRequest,
    { status, reason, bytes, seconds, failure }: RequestOutcome,
    method = request.method ?? '',
    target = request.url ?? '',
  ): void {
    const { headers } = request;
    if (headers['user-agent']?.startsWith('kube-probe')) return; // the kubelet's probes would flood the log
    const callId = headers['x-call-id'];
    this.#logger.access({
      method,
      target,
      status,
      statusText: this.#mode.logsReason && reason ? `${status} ${reason}` : String(status),
      bytes,
      seconds,
      callId: Array.isArray(callId) ? callId[0] : callId,
      failure: failure?.message,
    });
  }
}
