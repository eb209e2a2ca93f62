import type { HttpError } from '../../../common/http/http-error.ts';

/** The name under which OpenFaaS's middleware says that an answer is its own. */
const MIDDLEWARE = ['X-OpenFaaS-Internal', 'faas-middleware'] as const;
const CHALLENGE = ['WWW-Authenticate', 'Bearer realm=IAM function invoke'] as const;

/** Headers of the answer to a request that was refused before it reached the function, as faas-middleware's. */
export function refusalHeaders(error: HttpError): readonly string[] {
  return error.code === 'TOKEN_INVALID' ? [...MIDDLEWARE, ...CHALLENGE] : MIDDLEWARE;
}
