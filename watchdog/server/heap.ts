import { limitHeapGrowth } from '../../common/heap.ts';
import { limitSpent } from '../../common/http/exchange/spent-memory.ts';
import { loadedAddon } from '../process/native/load.ts';

/** The part of the container's memory that bodies which nobody needs any more may take up. */
const SPENT_PART = 1 / 8;

/** From here on V8 itself collects sooner than that. */
const LARGE_CONTAINER = 1 << 30;

/**
 * Milliseconds between two times that memory which was freed is given back to the system. glibc would keep it, for each
 * thread of V8's apart: 35 MiB in http mode after a warm-up where 25 do. It takes 0.02 ms where there is nothing to
 * give, and 0.07 ms for each MiB.
 */
const TRIM_INTERVAL_MS = 1000;

/**
 * Keeps this process small: its heap, and what was freed. To be called once it serves: node:v8 takes 3 ms to load, which
 * the start need not wait for.
 */
export async function holdHeapSmall(): Promise<void> {
  await limitHeapGrowth();
  setInterval(() => loadedAddon()?.trim(), TRIM_INTERVAL_MS).unref();
}

/**
 * Has bodies that have passed collected sooner than V8 would, in a container with a limit. To be called once it serves.
 * @param processes how many of the watchdog there are in the container
 * @param part of the heap that is collected: the young one where the rest is a function's, which may be large
 */
export async function holdSpentBodies(processes: number, part: 'young' | 'whole'): Promise<void> {
  const limit = process.constrainedMemory();
  if (!limit || limit >= LARGE_CONTAINER) return;
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([
    import('node:v8'),
    import('node:vm'),
  ]);
  let collect: (() => void) | undefined;
  limitSpent((limit * SPENT_PART) / Math.max(1, processes), () => {
    if (!collect) setFlagsFromString('--expose-gc'); // which contexts made from now on have
    collect ??= runInNewContext(part === 'young' ? "() => gc({ type: 'minor' })" : 'gc') as () => void;
    collect();
  });
}
