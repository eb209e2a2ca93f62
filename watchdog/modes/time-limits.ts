import type { IncomingHttpHeaders } from 'node:http';
import { parseDuration } from '../../common/duration.ts';

/**
 * Says how long the function may take over one request: exec_timeout, or the request's X-Timeout where that is shorter.
 * As in of-watchdog, X-Timeout changes nothing where exec_timeout is 0, and one that cannot be read is ignored. Unlike
 * there, an X-Timeout of 0 does not lift the limit.
 * @returns the limit's name and milliseconds, or undefined where there is none
 */
export function execLimit(
  execTimeout: number,
  headers: IncomingHttpHeaders,
): { name: string; ms: number } | undefined {
  if (execTimeout === 0) return undefined;
  const asked = headers['x-timeout'];
  const ms = typeof asked === 'string' ? parseDuration(asked) : undefined;
  if (ms !== undefined && ms > 0 && ms < execTimeout) return { name: 'X-Timeout', ms };
  return { name: 'exec_timeout', ms: execTimeout };
}

/**
 * Whether a request asks for a stream of events, which may last longer than a call. As in of-watchdog
 * (requiresStdlibProxy), exec_timeout does not apply to it; write_timeout does.
 */
export function asksForEvents(headers: IncomingHttpHeaders): boolean {
  const accept = headers.accept;
  if (accept === undefined) return false;
  return /text\/event-stream|application\/x-ndjson/i.test(accept);
}
