import type { FunctionStatus } from '../../functions/function-status.ts';
import type { Member } from './function-version.ts';

/** Sums the CPU seconds of all instances that a function has had. The sum keeps those of instances that have ended. */
export class CpuTotal {
  readonly #seconds = new Map<string, number>();
  #ended = 0;

  /**
   * @param measured the CPU seconds of each instance that could be measured, by its id
   * @param present the ids of all instances that exist
   * @returns CPU seconds; undefined while no instance was ever measured
   */
  add(measured: ReadonlyMap<string, number>, present: ReadonlySet<string>): number | undefined {
    for (const [id, seconds] of measured)
      this.#seconds.set(id, Math.max(seconds, this.#seconds.get(id) ?? 0));
    for (const [id, seconds] of this.#seconds) {
      if (present.has(id)) continue;
      this.#seconds.delete(id);
      this.#ended += seconds;
    }
    if (this.#ended === 0 && this.#seconds.size === 0) return undefined;
    return this.#ended + [...this.#seconds.values()].reduce((sum, seconds) => sum + seconds, 0);
  }
}

/** Measures all instances of a function. @returns CPU in thousandths of a core, memory in bytes, and CPU seconds */
export async function measureAll(
  members: readonly Member[],
  total: CpuTotal,
): Promise<NonNullable<FunctionStatus['usage']>> {
  const usages = await Promise.all(members.map(({ instance }) => instance?.measure()));
  const seconds = new Map<string, number>();
  for (const [at, { id }] of members.entries()) {
    const measured = usages[at]?.cpuSeconds;
    if (measured !== undefined) seconds.set(id, measured);
  }
  const cpuSeconds = total.add(seconds, new Set(members.map(({ id }) => id)));
  return {
    cpu: usages.reduce((sum, usage) => sum + (usage?.cpu ?? 0), 0),
    totalMemoryBytes: usages.reduce((sum, usage) => sum + (usage?.bytes ?? 0), 0),
    ...(cpuSeconds !== undefined && { cpuSeconds }),
  };
}
