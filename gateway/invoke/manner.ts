import type { Manner } from '../../common/http/manner.ts';
import { upstreamErrorCode } from '../../common/http/upstream-failure.ts';
import { GatewayError } from '../errors.ts';

/** The methods by which a function can be called, the same as in faas-provider. */
export const FUNCTION_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** The gateway's name and errors for exchanges. It adds no headers here, as those differ for each call. */
export const gatewayManner: Manner = {
  component: 'of-gateway',
  methods: FUNCTION_METHODS,
  upstreamFailed: (message, cause) => new GatewayError(upstreamErrorCode(cause), message, { cause }),
  finishHead: () => undefined,
};
