import { parseDuration } from '../../common/duration.ts';
import { KitError } from '../errors.ts';
import type { FunctionEntry } from '../stack/functions.ts';

type Named = Pick<FunctionEntry, 'name' | 'place'>;

/** The watchdog's default (docs/fwatchdog.md). */
const WRITE_TIMEOUT = 30;

/** How long the watchdog takes to end after its last request: the function's four seconds after SIGTERM, and a margin. */
const AFTER_THE_LAST_REQUEST = 5;

/** The longest time, a day: a longer one is a mistake, and no orchestrator would wait for it. */
const LONGEST_MS = 86_400_000;

/**
 * Gives the time between SIGTERM and SIGKILL that an orchestrator has to wait so that no request is cut off, in whole
 * seconds: the watchdog serves for healthcheck_interval more, then gives requests in flight write_timeout at most, then
 * ends the function.
 * @param variables the container's variables: the image's, and the ones of stack.yaml over them
 * @param what the function and its place in stack.yaml, for errors
 * @throws KitError INVALID where a duration cannot be read
 */
export function graceSeconds(variables: Readonly<Record<string, string>>, what: Named): number {
  const write = setting(variables, 'write_timeout', what) ?? WRITE_TIMEOUT;
  const healthcheck = setting(variables, 'healthcheck_interval', what) ?? write;
  return Math.ceil(healthcheck + write) + AFTER_THE_LAST_REQUEST;
}

function setting(
  variables: Readonly<Record<string, string>>,
  key: string,
  { name, place }: Named,
): number | undefined {
  const text = variables[key];
  if (!text) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 0 && ms <= LONGEST_MS) return ms / 1000;
  throw new KitError(
    'INVALID',
    `${place}: ${key}=${text} of ${name} is no duration of up to 24h: write 10s, 1m30s or a number of seconds`,
  );
}
