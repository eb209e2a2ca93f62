import { messageOf } from '../common/errors.ts';
import { EXCHANGE_ERRORS, HttpError } from '../common/http/http-error.ts';
import { upstreamErrors } from '../common/http/upstream-failure.ts';

/**
 * All errors of the watchdog, by code, so that each has one status and one line in the documentation. An error with
 * `status` answers a request with this HTTP status, if no part of the response was sent yet. One with `exit` keeps the
 * watchdog from starting, and is its exit status. `meaning` stands in the documentation.
 */
export const WATCHDOG_ERRORS = {
  SETTING_INVALID: { exit: 1, meaning: 'a setting that cannot be read, or excludes another' },
  SETTING_MISSING: { exit: 1, meaning: 'a setting that the mode or another setting needs' },
  PORT_UNAVAILABLE: { exit: 1, meaning: 'a port that is in use or may not be taken' },
  USER_UNAVAILABLE: { exit: 1, meaning: 'a user that is not there, or that this process may not become' },
  LOCK_FILE_UNWRITABLE: { exit: 1, meaning: 'a lock-file that cannot be written' },
  FUNCTION_NOT_STARTED: { exit: 1, meaning: 'a function that cannot be started or loaded' },
  AUTHORITY_UNAVAILABLE: { exit: 1, meaning: 'a gateway that does not say who signs its tokens' },

  ...EXCHANGE_ERRORS,
  ...upstreamErrors(500),
  PATH_HAS_DOTS: {
    status: 307,
    meaning: 'a path with dot segments; the answer says where it leads without them',
  },
  TOKEN_INVALID: { status: 401, meaning: 'a token that is missing, forged or expired' },
  TOKEN_INSUFFICIENT: { status: 403, meaning: 'a token that does not permit this function' },
  PROCESS_TIMEOUT_CLASSIC: { status: 408, meaning: 'a process of classic mode over `exec_timeout`' },
  EXPECTATION_UNKNOWN: { status: 417, meaning: 'an Expect header other than 100-continue' },
  LIMIT_EXCEEDED: { status: 429, meaning: 'one request more than `max_inflight`' },
  PROCESS_FAILED: { status: 500, meaning: 'a process that ended with a failure' },
  PROCESS_NOT_STARTED: { status: 500, meaning: 'a process that could not be started' },
} as const satisfies Record<string, { exit: number; meaning: string } | { status: number; meaning: string }>;

type Table = typeof WATCHDOG_ERRORS;
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
    this.exitStatus = WATCHDOG_ERRORS[code].exit;
  }
}

/** Ends a request before its time. The client gets the message, and the log shows it. */
export class RequestError extends HttpError {
  override readonly name = 'RequestError';

  constructor(code: RequestErrorCode, message: string, options?: ErrorOptions) {
    super(code, WATCHDOG_ERRORS[code].status, message, options);
  }
}

/** Makes the error of a request in which the watchdog itself, or the function in this process, has thrown. */
export function internalError(thrown: unknown): RequestError {
  return new RequestError('INTERNAL', messageOf(thrown), { cause: thrown });
}
