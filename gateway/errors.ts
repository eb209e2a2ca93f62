import { HttpError } from '../common/http/http-error.ts';
import { upstreamErrors } from '../common/http/upstream-failure.ts';

/**
 * The one table of what the gateway itself answers where a request cannot be served: the code, the HTTP status, and
 * what it stands for in the documentation.
 */
export const GATEWAY_ERRORS = {
  REQUEST_INVALID: { status: 400, meaning: 'a body, a query or a header that cannot be read' },
  DEPLOYMENT_INVALID: { status: 400, meaning: 'a deployment that says what cannot be' },
  IMAGE_UNAVAILABLE: { status: 400, meaning: 'an image that is neither local nor to be had' },
  SECRET_MISSING: { status: 400, meaning: 'a deployment that names a secret that is not there' },
  NAMESPACE_UNKNOWN: { status: 400, meaning: 'a namespace that is not there, where one is used' },
  NAMESPACE_PROTECTED: { status: 400, meaning: 'the default namespace, which cannot be removed' },
  CREDENTIALS_INVALID: { status: 401, meaning: 'a missing or wrong login' },
  TOKEN_MISSING: { status: 403, meaning: 'a change by a browser’s session without its X-CSRF-Token' },
  ACCESS_DENIED: { status: 403, meaning: 'a change, or the body of a call, by a login that may only read' },
  ORIGIN_REFUSED: { status: 403, meaning: 'a request of a web page of another origin' },
  ROUTE_UNKNOWN: { status: 404, meaning: 'a path that nothing is at' },
  FUNCTION_UNKNOWN: { status: 404, meaning: 'a function that is not deployed' },
  SECRET_UNKNOWN: { status: 404, meaning: 'a secret that is not there' },
  NAMESPACE_NOT_FOUND: { status: 404, meaning: 'a namespace that is not there, where it is asked for' },
  CALL_UNKNOWN: { status: 404, meaning: 'a queued call that is not there, or not any more' },
  METHOD_NOT_ALLOWED: { status: 405, meaning: 'a method that a path does not have' },
  FUNCTION_EXISTS: { status: 409, meaning: 'a function of that name that is there already' },
  SECRET_EXISTS: { status: 409, meaning: 'a secret of that name that is there already' },
  NAMESPACE_EXISTS: { status: 409, meaning: 'a namespace of that name that is there already' },
  PORT_TAKEN: { status: 409, meaning: 'a port of its own for a function that is in use' },
  CALL_NOT_DEAD: {
    status: 409,
    meaning: 'a replay, or the body, of a queued call that has not failed for good',
  },
  BODY_TOO_LARGE: { status: 413, meaning: 'a body over the limit' },
  EXPECTATION_UNKNOWN: { status: 417, meaning: 'an Expect header other than 100-continue' },
  LOG_QUERY_INVALID: { status: 422, meaning: 'a since or a tail that cannot be read' },
  INTERNAL: { status: 500, meaning: 'a fault of the gateway itself' },
  NOT_SUPPORTED: { status: 501, meaning: 'what the provider in use cannot do' },
  ...upstreamErrors(502),
  INDEX_UNAVAILABLE: { status: 502, meaning: 'an index of functions that cannot be had or read' },
  FUNCTION_UNAVAILABLE: { status: 503, meaning: 'a function without an instance that is ready' },
  QUEUE_FULL: { status: 503, meaning: 'a queue that has no room for another call' },
  QUEUE_UNREACHABLE: { status: 503, meaning: 'a queue elsewhere that does not answer' },
  PROVIDER_UNAVAILABLE: { status: 503, meaning: 'a provider that does not answer' },
  TOO_MANY_WATCHERS: { status: 503, meaning: 'a stream of events beyond the number of them' },
  UPSTREAM_TIMEOUT: { status: 504, meaning: 'a call over its time limit' },
  START_TIMEOUT: { status: 504, meaning: 'a function that was not ready in time' },
  STORAGE_FAILED: { status: 507, meaning: 'a state folder that cannot be written, such as on a full disk' },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type GatewayErrorCode = keyof typeof GATEWAY_ERRORS;

/** What a caller reads: one line that says what happened and what to do, with a code that sets the HTTP status. */
export class GatewayError extends HttpError {
  override readonly name = 'GatewayError';
  declare readonly code: GatewayErrorCode;

  constructor(code: GatewayErrorCode, message: string, options?: ErrorOptions) {
    super(code, GATEWAY_ERRORS[code].status, message, options);
  }
}
