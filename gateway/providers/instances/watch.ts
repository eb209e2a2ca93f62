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

/** Probes an instance again and again: whether it is healthy, and whether it takes calls, each in its own period. */
export async function watch(
  instance: Instance,
  { health, ready }: FunctionProbes,
  watched: Watched,
): Promise<void> {
  let unhealthy = 0;
  let unready = 0;
  let readyAgain = 0;
  const isOver = (): boolean => !instance.isAlive || watched.isOver();
  let healthAt = performance.now() + Math.max(health.initialDelay, health.period);
  let readyAt = performance.now() + ready.period;
  for (;;) {
    await sleep(Math.max(0, Math.min(healthAt, readyAt) - performance.now()), undefined, { ref: false });
    if (isOver()) return;
    if (performance.now() >= healthAt) {
      unhealthy = (await instance.isHealthy(health)) ? 0 : unhealthy + 1;
      if (isOver()) return;
      if (unhealthy >= health.failureThreshold)
        return watched.onUnhealthy(`its probe ${health.path} failed ${unhealthy} times in a row`);
      healthAt = performance.now() + health.period;
    }
    if (performance.now() >= readyAt) {
      const isReady = await instance.isReady(ready);
      if (isOver()) return;
      unready = isReady ? 0 : unready + 1;
      readyAgain = isReady ? readyAgain + 1 : 0;
      if (readyAgain >= ready.successThreshold) watched.onReady();
      if (unready >= ready.failureThreshold) watched.onUnready();
      readyAt = performance.now() + ready.period;
    }
  }
}
