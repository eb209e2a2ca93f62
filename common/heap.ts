/**
 * Percent that the old part of the heap may grow over what lives in it before it is collected. V8 would let it grow
 * to some four times of that on a large machine: 165 MiB of resident memory in http mode where 125 do, at the same
 * rate. (The flag is read at each collection, so that it may be set late.)
 */
const HEAP_GROWTH = 30;

/** The factors by which the young part of the heap may grow: V8's own, and one that lets it stay as it is. */
const [GROWS, STAYS] = [2, 1];

function setYoungGrowth(setFlag: (flag: string) => void, factor: number): void {
  setFlag(`--semi-space-growth-factor=${factor}`);
}

/**
 * Keeps V8's heap small in a program that forwards, where nearly all that it allocates dies young. To be called once
 * the program serves: node:v8 takes 3 ms to load, which the start need not wait for.
 *
 * V8 would let the young part grow to 32 MiB. (It takes no factor below 2 at the start; later it reads the flag at each
 * growth, seen in Node 20 to 26.)
 * @param youngBytes the young part, which has two halves, grows to this and no further; without it, it does not grow
 *   beyond the 2 MiB that it has at the least
 */
export async function limitHeapGrowth(youngBytes = 0): Promise<void> {
  const { getHeapSpaceStatistics, setFlagsFromString } = await import('node:v8');
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
  setYoungGrowth(setFlagsFromString, STAYS);
  if (youngBytes === 0) return;
  const { PerformanceObserver } = await import('node:perf_hooks');
  let factor = STAYS;
  // V8 takes memory from the young part where little is allocated: it must be able to grow again.
  const collections = new PerformanceObserver(() => {
    const young =
      getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
    const wanted = young < youngBytes ? GROWS : STAYS;
    if (wanted === factor) return;
    setYoungGrowth(setFlagsFromString, wanted);
    factor = wanted;
  });
  collections.observe({ entryTypes: ['gc'] });
}
