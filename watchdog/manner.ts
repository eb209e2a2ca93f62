import type { Manner } from '../common/http/manner.ts';
import { upstreamErrorCode } from '../common/http/upstream-failure.ts';
import { RequestError } from './errors.ts';

/** The watchdog's manner towards its clients, which is that of of-watchdog. */
export const watchdogManner: Manner = {
  component: 'of-watchdog',
  upstreamFailed: (message, cause) => new RequestError(upstreamErrorCode(cause), message, { cause }),
  finishHead: (headers, _status, seconds) => {
    headers.push('X-Duration-Seconds', seconds.toFixed(6));
  },
};
