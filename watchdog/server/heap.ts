import { limitSpent } from '../../common/http/exchange/spent-memory.ts';
import { loadedAddon } from '../process/native/load.ts';

/**
 * Percent that the old part of the heap may grow over what lives in it before it is collected. V8 would let it grow
 * to some four times of that on a large machine: 165 MiB of resident memory in http mode where 125 do, at the same
 * rate. (The flag is read at each collection, so that it may be set late.)
 */
const HEAP_GROWTH = 30;

/**
 * How much the young part of the heap grows at a time: not at all beyond what it has by then, 2 MiB for its two halves.
 * V8 would let it grow to 32, 87 MiB of resident memory in http mode after 100,000 requests where 64 do, at no lower
 * rate. (At the start V8 takes no factor below 2; later it reads the flag at each growth, seen in Node 20 to 26.)
 */
const YOUNG_GROWTH = 1;

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
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
  setFlagsFromString(`--semi-space-growth-factor=${YOUNG_GROWTH}`);
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
