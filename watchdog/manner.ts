import type { Manner } from '../common/http/manner.ts';
import { upstreamErrorCode } from '../common/http/upstream-failure.ts';
import { RequestError } from './errors.ts';

/** How the watchdog behaves towards its clients: as of-watchdog does. */
export const watchdogManner: Manner = {
  component: 'of-watchdog',
  upstreamFailed: (message, cause) => new RequestError(upstreamErrorCode(cause), message, { cause }),
  finishHead: (headers, _status, seconds) => {
    headers.push('X-Duration-Seconds', seconds.toFixed(6));
  },
};
