import type { Manner } from '../../common/http/manner.ts';
import { upstreamErrorCode } from '../../common/http/upstream-failure.ts';
import { GatewayError } from '../errors.ts';

/** How the gateway behaves towards callers. What it adds to the head of an answer is different for each call. */
export const gatewayManner: Manner = {
  component: 'of-gateway',
  upstreamFailed: (message, cause) => new GatewayError(upstreamErrorCode(cause), message, { cause }),
  finishHead: () => undefined,
};
