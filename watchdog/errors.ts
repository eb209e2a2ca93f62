import { HttpError } from '../common/http/http-error.ts';

/**
 * The one table of what can go wrong, by code. `status` is the HTTP status a request is answered with where
 * nothing was sent yet; 499 (nginx's "client closed request") is only ever logged and counted. `exit` marks
 * what ends the start instead, with exit status 1.
 */
const ERRORS = {
  SETTING_INVALID: { exit: 1 },
  SETTING_MISSING: { exit: 1 },
  PORT_UNAVAILABLE: { exit: 1 },
  USER_UNAVAILABLE: { exit: 1 },
  LOCK_FILE_UNWRITABLE: { exit: 1 },
  FUNCTION_NOT_STARTED: { exit: 1 },
  AUTHORITY_UNAVAILABLE: { exit: 1 },

  PATH_HAS_DOTS: { status: 307 },
  REQUEST_INVALID: { status: 400 },
  REQUEST_MISFRAMED: { status: 400 },
  TOKEN_INVALID: { status: 401 },
  TOKEN_INSUFFICIENT: { status: 403 },
  METHOD_NOT_ALLOWED: { status: 405 },
  BODY_STALLED: { status: 408 },
  PROCESS_TIMEOUT_CLASSIC: { status: 408 },
  EXPECTATION_UNKNOWN: { status: 417 },
  LIMIT_EXCEEDED: { status: 429 },
  HEADERS_TOO_LARGE: { status: 431 },
  CLIENT_GONE: { status: 499 },
  PROCESS_FAILED: { status: 500 },
  PROCESS_NOT_STARTED: { status: 500 },
  UPSTREAM_FAILED: { status: 500 },
  INTERNAL: { status: 500 },
  TRANSFER_CODING_UNKNOWN: { status: 501 },
  VERSION_UNKNOWN: { status: 505 },
  EXEC_TIMEOUT: { status: 504 },
  WRITE_TIMEOUT: { status: 504 },
} as const satisfies Record<string, { exit: number } | { status: number }>;

type Table = typeof ERRORS;
type StartErrorCode = { [C in keyof Table]: Table[C] extends { exit: number } ? C : never }[keyof Table];
export type RequestErrorCode = Exclude<keyof Table, StartErrorCode>;

/** The watchdog cannot start or go on: one line for the operator, then exit status 1. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code: StartErrorCode;
  readonly exitStatus: number;

  constructor(code: StartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitStatus = ERRORS[code].exit;
  }
}

/** What ends a request before its time: the message is the text the client gets and the log shows. */
export class RequestError extends HttpError {
  override readonly name = 'RequestError';

  constructor(code: RequestErrorCode, message: string, options?: ErrorOptions) {
    super(code, ERRORS[code].status, message, options);
  }
}
