import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from './instance.ts';
import type { ProbeSettings } from './probe-settings.ts';

/** The pause between two readiness probes of an instance that starts, in milliseconds. */
const READY_POLL_MS = 10;
/** How long an instance may take to become ready, in milliseconds. */
const READY_WITHIN_MS = 60_000;
const PROBE_TIMEOUT_MS = 1000;

/**
 * Waits until an instance takes requests.
 * @returns undefined once it does, or the reason why it will not
 */
export async function untilReady(instance: Instance, settings: ProbeSettings): Promise<string | undefined> {
  if (settings.initialDelay > 0)
    await Promise.race([instance.ended, sleep(settings.initialDelay, undefined, { ref: false })]);
  const deadline = performance.now() + READY_WITHIN_MS;
  const probe = { ...settings, timeout: PROBE_TIMEOUT_MS };
  let successes = 0;
  while (performance.now() < deadline) {
    if (!instance.isAlive) {
      const how = await instance.ended;
      return instance.endedBy ?? `it ended with ${how} before it was ready`;
    }
    successes = instance.port !== 0 && (await instance.isReady(probe)) ? successes + 1 : 0;
    if (successes >= settings.successThreshold) return undefined;
    await sleep(READY_POLL_MS);
  }
  return `it was not ready within ${READY_WITHIN_MS / 1000} s`;
}
