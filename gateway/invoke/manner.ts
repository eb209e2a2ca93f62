import type { Manner } from '../../common/http/manner.ts';
import { upstreamErrorCode } from '../../common/http/upstream-failure.ts';
import { GatewayError } from '../errors.ts';

/** The methods that a function can be called with, as of faas-provider. */
export const FUNCTION_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** The gateway's manner towards callers. Its own headers differ for each call. */
export const gatewayManner: Manner = {
  component: 'of-gateway',
  methods: FUNCTION_METHODS,
  upstreamFailed: (message, cause) => new GatewayError(upstreamErrorCode(cause), message, { cause }),
  finishHead: () => undefined,
};
