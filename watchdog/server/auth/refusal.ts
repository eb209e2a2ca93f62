import type { HttpError } from '../../../common/http/http-error.ts';

/** The header with which OpenFaaS's middleware marks its own answers. */
const MIDDLEWARE = ['X-OpenFaaS-Internal', 'faas-middleware'] as const;
const CHALLENGE = ['WWW-Authenticate', 'Bearer realm=IAM function invoke'] as const;

/** Headers of the answer to a request that was refused before it reached the function, as of faas-middleware. */
export function refusalHeaders(error: HttpError): readonly string[] {
  return error.code === 'TOKEN_INVALID' ? [...MIDDLEWARE, ...CHALLENGE] : MIDDLEWARE;
}
