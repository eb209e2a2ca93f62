import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from './instance.ts';
import { probe } from './probe.ts';
import type { FunctionProbes } from './probe-settings.ts';

/** What is made of the answers of an instance that is watched. */
export interface InstanceWatch {
  /** Whether nobody has a use for the answers any more. */
  isOver(): boolean;
  /** It is to be given up. */
  onUnhealthy(reason: string): void;
  /** It answers its readiness probe. */
  onReady(): void;
  /** It has not for as often as its deployment allows. */
  onUnready(): void;
}

/** Keeps asking an instance whether it is well, and whether it takes calls. */
export async function watchInstance(
  instance: Instance,
  { health, ready }: FunctionProbes,
  watch: InstanceWatch,
): Promise<void> {
  let unhealthy = 0;
  let unready = 0;
  for (;;) {
    await sleep(Math.min(health.period, ready.period), undefined, { ref: false });
    if (watch.isOver()) return;
    const status = await probe(instance.port, health.path, health.timeout);
    unhealthy = status !== undefined && status < 400 ? 0 : unhealthy + 1;
    if (unhealthy >= health.failureThreshold)
      return watch.onUnhealthy(`its probe ${health.path} failed ${unhealthy} times in a row`);
    unready = (await instance.isReady(ready.path, ready.timeout)) ? 0 : unready + 1;
    if (watch.isOver()) return;
    if (unready === 0) watch.onReady();
    if (unready >= ready.failureThreshold) watch.onUnready();
  }
}
