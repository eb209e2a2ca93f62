import { messageOf } from '../common/errors.ts';
import { HttpError } from '../common/http/http-error.ts';
import { upstreamErrors } from '../common/http/upstream-failure.ts';

/**
 * The table of all errors that the gateway itself answers: the code, the HTTP status, and the meaning, which goes into
 * the documentation.
 */
export const GATEWAY_ERRORS = {
  REQUEST_INVALID: { status: 400, meaning: 'a body, a query or a header that cannot be read' },
  DEPLOYMENT_INVALID: { status: 400, meaning: 'a deployment with a value that cannot be used' },
  IMAGE_UNAVAILABLE: { status: 400, meaning: 'an image that is not local and cannot be pulled' },
  SECRET_MISSING: { status: 400, meaning: 'a deployment that names a secret that does not exist' },
  NAMESPACE_UNKNOWN: { status: 400, meaning: 'a request that uses a namespace that does not exist' },
  NAMESPACE_PROTECTED: {
    status: 400,
    meaning: 'removing the default namespace, or creating kube-system',
  },
  CREDENTIALS_INVALID: { status: 401, meaning: 'a missing or wrong login' },
  TOKEN_MISSING: { status: 403, meaning: 'a change by a browser’s session without its X-CSRF-Token' },
  ACCESS_DENIED: { status: 403, meaning: 'a change, or the body of a call, by a login that may only read' },
  ORIGIN_REFUSED: { status: 403, meaning: 'a request from a web page of another origin' },
  ROUTE_UNKNOWN: { status: 404, meaning: 'a path that the gateway does not have' },
  FUNCTION_UNKNOWN: { status: 404, meaning: 'a function that is not deployed' },
  SECRET_UNKNOWN: { status: 404, meaning: 'a secret that does not exist' },
  NAMESPACE_NOT_FOUND: { status: 404, meaning: 'a request for a namespace that does not exist' },
  CALL_UNKNOWN: { status: 404, meaning: 'a queued call that does not exist, or is no longer kept' },
  METHOD_NOT_ALLOWED: { status: 405, meaning: 'a method that the path does not have' },
  FUNCTION_EXISTS: { status: 409, meaning: 'a new function whose name is taken' },
  SECRET_EXISTS: { status: 409, meaning: 'a new secret whose name is taken' },
  NAMESPACE_EXISTS: { status: 409, meaning: 'a new namespace whose name is taken' },
  PORT_TAKEN: { status: 409, meaning: 'a function’s own port that is in use' },
  CALL_NOT_DEAD: {
    status: 409,
    meaning: 'a replay, or the body, of a queued call that has not failed for good',
  },
  BODY_TOO_LARGE: { status: 413, meaning: 'a body over the limit' },
  EXPECTATION_UNKNOWN: { status: 417, meaning: 'an Expect header other than 100-continue' },
  LOG_QUERY_INVALID: { status: 422, meaning: 'a since or a tail that cannot be read' },
  INTERNAL: { status: 500, meaning: 'an error in the gateway itself' },
  NOT_SUPPORTED: { status: 501, meaning: 'a request that the provider in use does not support' },
  ...upstreamErrors(502),
  INDEX_UNAVAILABLE: { status: 502, meaning: 'an index of functions that cannot be fetched or read' },
  FUNCTION_UNAVAILABLE: { status: 503, meaning: 'a function without a ready instance' },
  QUEUE_FULL: { status: 503, meaning: 'a queue that has no room for another call' },
  QUEUE_UNREACHABLE: { status: 503, meaning: 'a queue in NATS that does not answer' },
  PROVIDER_UNAVAILABLE: { status: 503, meaning: 'a provider that does not answer' },
  TOO_MANY_WATCHERS: { status: 503, meaning: 'more streams of events than the gateway allows' },
  UPSTREAM_TIMEOUT: { status: 504, meaning: 'a call over its time limit' },
  START_TIMEOUT: { status: 504, meaning: 'a function that was not ready in time' },
  STORAGE_FAILED: { status: 507, meaning: 'a state folder that cannot be written, such as on a full disk' },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type GatewayErrorCode = keyof typeof GATEWAY_ERRORS;

/** An error for a caller: one line that says what happened and what to do, and a code that decides the HTTP status. */
export class GatewayError extends HttpError {
  override readonly name = 'GatewayError';
  declare readonly code: GatewayErrorCode;

  constructor(code: GatewayErrorCode, message: string, options?: ErrorOptions) {
    super(code, GATEWAY_ERRORS[code].status, message, options);
  }
}

/** @returns what was thrown, if it is an error for the caller; else a fault of the gateway, with its message */
export function requestErrorOf(thrown: unknown): HttpError {
  if (thrown instanceof HttpError) return thrown;
  return new GatewayError('INTERNAL', messageOf(thrown), { cause: thrown });
}

/** Whether an error says that a function is not deployed, or not any more. */
export function isFunctionUnknown(thrown: unknown): boolean {
  if (!(thrown instanceof GatewayError)) return false;
  return thrown.code === 'FUNCTION_UNKNOWN' || thrown.code === 'NAMESPACE_UNKNOWN';
}
