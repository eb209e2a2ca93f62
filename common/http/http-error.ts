/**
 * The errors that can end an exchange in each of our servers: the code, the HTTP status that the client gets if nothing
 * was sent yet, and the meaning for the documentation. 499 is nginx's "client closed request"; it is only logged and
 * counted.
 */
export const EXCHANGE_ERRORS = {
  REQUEST_INVALID: { status: 400, meaning: 'a request that cannot be read' },
  REQUEST_MISFRAMED: { status: 400, meaning: 'a request that two servers could read differently' },
  METHOD_NOT_ALLOWED: { status: 405, meaning: 'a method that is not served here' },
  BODY_STALLED: { status: 408, meaning: 'a request that did not arrive whole within `read_timeout`' },
  HEADERS_TOO_LARGE: { status: 431, meaning: 'headers that are too large or too many' },
  CLIENT_GONE: { status: 499, meaning: 'a client that went away before the response was whole' },
  INTERNAL: { status: 500, meaning: 'a fault of the server itself' },
  TRANSFER_CODING_UNKNOWN: { status: 501, meaning: 'a transfer coding other than chunked' },
  EXEC_TIMEOUT: { status: 504, meaning: 'a function over `exec_timeout`' },
  WRITE_TIMEOUT: { status: 504, meaning: 'a request over `write_timeout`' },
  VERSION_UNKNOWN: { status: 505, meaning: 'a version of HTTP other than 1.0 and 1.1' },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ExchangeErrorCode = keyof typeof EXCHANGE_ERRORS;

/** The reason why a request ended early. The client gets the message, and the log has it too. */
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

/** Makes an error of the table above. */
export function exchangeError(code: ExchangeErrorCode, message: string, options?: ErrorOptions): HttpError {
  return new HttpError(code, EXCHANGE_ERRORS[code].status, message, options);
}
