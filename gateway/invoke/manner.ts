import type { Manner } from '../../common/http/manner.ts';
import { upstreamErrorCode } from '../../common/http/upstream-failure.ts';
import { GatewayError } from '../errors.ts';

/** The gateway's name and errors for exchanges. It adds no headers here, as those differ for each call. */
export const gatewayManner: Manner = {
  component: 'of-gateway',
  upstreamFailed: (message, cause) => new GatewayError(upstreamErrorCode(cause), message, { cause }),
  finishHead: () => undefined,
};
