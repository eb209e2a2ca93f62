import type { Manner } from '../common/http/manner.ts';
import { RequestError } from './errors.ts';

/** How the watchdog behaves towards its clients: as of-watchdog does. */
export const watchdogManner: Manner = {
  component: 'of-watchdog',
  upstreamFailed: (message, cause) => new RequestError('UPSTREAM_FAILED', message, { cause }),
  finishHead: (headers, _status, seconds) => {
    headers.push('X-Duration-Seconds', seconds.toFixed(6));
  },
};
