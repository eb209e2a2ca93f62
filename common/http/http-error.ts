/**
 * What can end the exchange of a request and its response, in any server of ours: the code, and the HTTP status that
 * the client gets where nothing was sent yet. 499 (nginx's "client closed request") is only ever logged and counted.
 */
const EXCHANGE_ERRORS = {
  REQUEST_INVALID: 400,
  REQUEST_MISFRAMED: 400,
  METHOD_NOT_ALLOWED: 405,
  BODY_STALLED: 408,
  HEADERS_TOO_LARGE: 431,
  CLIENT_GONE: 499,
  INTERNAL: 500,
  TRANSFER_CODING_UNKNOWN: 501,
  UPSTREAM_FAILED: 502,
  EXEC_TIMEOUT: 504,
  WRITE_TIMEOUT: 504,
  VERSION_UNKNOWN: 505,
} as const satisfies Record<string, number>;

export type ExchangeErrorCode = keyof typeof EXCHANGE_ERRORS;

/** What ends a request before its time: the message is the text the client gets and the log shows. */
export class HttpError extends Error {
  override readonly name: string = 'HttpError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.status = status;
  }
}

/** An error of the table above. */
export function exchangeError(code: ExchangeErrorCode, message: string, options?: ErrorOptions): HttpError {
  return new HttpError(code, EXCHANGE_ERRORS[code], message, options);
}
