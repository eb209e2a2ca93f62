import type { Manner } from '../../common/http/manner.ts';
import { upstreamErrorCode } from '../../common/http/upstream-failure.ts';
import { GatewayError } from '../errors.ts';

/** The gateway's manner towards callers. Its own headers differ for each call. */
export const gatewayManner: Manner = {
  component: 'of-gateway',
  upstreamFailed: (message, cause) => new GatewayError(upstreamErrorCode(cause), message, { cause }),
  finishHead: () => undefined,
};
