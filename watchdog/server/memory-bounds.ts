import { limitHeapGrowth } from '../../common/heap.ts';
import { limitSpent } from '../../common/http/exchange/spent-memory.ts';
import { loadedAddon } from '../process/native/loaded-addon.ts';

/** The part of the container's memory that bodies which nobody needs any more may take up. */
const SPENT_PART = 1 / 8;

/** In a container with more bytes of memory than this, V8 itself collects sooner than that. */
const LARGE_CONTAINER = 1 << 30;

/**
 * How much young memory the requests being served get, in bytes for each and for all. Each holds some 10 KiB, which
 * survive a collection of the young generation: with 2 MiB for 500 at once, a third of the CPU went into copying them.
 */
const YOUNG_PER_REQUEST = 16 << 10;
const MOST_YOUNG = 8 << 20;

/**
 * Milliseconds between two times that freed memory is given back to the system. glibc would keep it, for each thread of
 * V8: 35 MiB in http mode after a warm-up where 25 do. It takes 0.02 ms where there is nothing to give back, and 0.07
 * ms for each MiB.
 */
const TRIM_INTERVAL_MS = 1000;

/**
 * Keeps this process small: its heap, and the memory that was freed. Call it once the watchdog serves: node:v8 takes 3
 * ms to load, for which the start need not wait.
 * @param countOpen how many requests this process is serving now
 */
export async function holdHeapSmall(countOpen: () => number): Promise<void> {
  await limitHeapGrowth(() => Math.min(MOST_YOUNG, countOpen() * YOUNG_PER_REQUEST));
  setInterval(() => loadedAddon()?.trim(), TRIM_INTERVAL_MS).unref();
}

/**
 * In a container with a limit, collects bodies that nobody needs any more sooner than V8 would. Call it once the
 * watchdog serves.
 * @param processes how many processes of the watchdog there are in the container
 * @param part of the heap to collect: the young one where the heap is the function's, which may be large
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
    if (!collect) setFlagsFromString('--expose-gc'); // contexts that are made from now on have `gc`
    collect ??= runInNewContext(part === 'young' ? "() => gc({ type: 'minor' })" : 'gc') as () => void;
    collect();
  });
}
