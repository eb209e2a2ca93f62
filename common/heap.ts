/**
 * How far the old generation of the heap may grow beyond its live objects before it is collected, in percent. On a
 * large machine, V8 would let it grow to some four times their size: 165 MiB of resident memory in http mode instead of
 * 125, at the same rate of requests. (V8 reads the flag at each collection, so it can be set late.)
 */
const HEAP_GROWTH = 30;

/** The growth factors of the young generation: V8's default, and one that keeps its size. */
const [GROWS, STAYS] = [2, 1];

function setYoungGrowth(setFlag: (flag: string) => void, factor: number): void {
  setFlag(`--semi-space-growth-factor=${factor}`);
}

/**
 * Keeps V8's heap small in a program that forwards requests, as nearly all its objects are short-lived. Call it when
 * the program already serves: loading node:v8 takes 3 ms, which would delay the start.
 *
 * Without this V8 would let the young generation grow to 32 MiB, and collect it with several threads, which takes a
 * twentieth more CPU per request: the threads have to be woken for a tenth of a millisecond of work. (At the start V8
 * accepts no growth factor below 2; later it reads both flags when it needs them, as seen in Node 20 to 26.)
 * @param youngBytes how large the young generation may become now, in bytes, both halves together; it has 2 MiB at least
 */
export async function limitHeapGrowth(youngBytes: () => number): Promise<void> {
  const [{ getHeapSpaceStatistics, setFlagsFromString }, { PerformanceObserver }] = await Promise.all([
    import('node:v8'),
    import('node:perf_hooks'),
  ]);
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
  setFlagsFromString('--no-parallel-scavenge');
  setYoungGrowth(setFlagsFromString, STAYS);
  let factor = STAYS;
  // V8 shrinks the young generation when little is allocated, so it must be able to grow again.
  const collections = new PerformanceObserver(() => {
    const young =
      getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
    const wanted = young < youngBytes() ? GROWS : STAYS;
    if (wanted === factor) return;
    setYoungGrowth(setFlagsFromString, wanted);
    factor = wanted;
  });
  collections.observe({ entryTypes: ['gc'] });
}
