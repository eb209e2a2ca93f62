import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from './instance.ts';
import type { FunctionProbes } from './probe-settings.ts';

/** Takes the results of probes. */
export interface Watched {
  /** Whether to stop probing. */
  isOver(): boolean;
  /** Called after each readiness probe that succeeds. */
  onReady(): void;
  /** Called after each readiness probe that fails, from the threshold on. */
  onUnready(): void;
  /** Called when the health probe has failed as often as the threshold says. No probe follows. */
  onUnhealthy(reason: string): void;
}

/** Probes an instance again and again: whether it is healthy, and whether it takes calls. */
export async function watch(
  instance: Instance,
  { health, ready }: FunctionProbes,
  watched: Watched,
): Promise<void> {
  let unhealthy = 0;
  let unready = 0;
  const isOver = (): boolean => !instance.isAlive || watched.isOver();
  for (;;) {
    await sleep(Math.min(health.period, ready.period), undefined, { ref: false });
    if (isOver()) return;
    unhealthy = (await instance.isHealthy(health)) ? 0 : unhealthy + 1;
    if (isOver()) return;
    if (unhealthy >= health.failureThreshold)
      return watched.onUnhealthy(`its probe ${health.path} failed ${unhealthy} times in a row`);
    unready = (await instance.isReady(ready)) ? 0 : unready + 1;
    if (isOver()) return;
    if (unready === 0) watched.onReady();
    if (unready >= ready.failureThreshold) watched.onUnready();
  }
}
