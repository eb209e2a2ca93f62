import { setImmediate as afterEvents, setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds, long enough for a busy machine. A correct test never waits so long. */
export const PATIENCE_MS = 60_000;

const POLL_MS = 10;

/**
 * Waits between two polls. Node runs timers until none is due before it looks for events: where two polls that go on at
 * the same time each take longer than the pause, one is always due, and nothing would ever arrive.
 */
async function pause(): Promise<void> {
  await sleep(POLL_MS);
  await afterEvents();
}

/**
 * Polls until the probe gives something truthy.
 * @param what the awaited event, for the error; a function is asked past the deadline, for what is known then
 * @returns the probe's result
 * @throws Error past the deadline
 */
export async function until<T>(
  probe: () => T | Promise<T>,
  what: string | (() => Promise<string>),
  ms = PATIENCE_MS,
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const deadline = performance.now() + ms;
  for (;;) {
    const seen = await probe();
    if (seen) return seen as Exclude<T, undefined | null | false | 0 | ''>;
    if (performance.now() > deadline) {
      const awaited = typeof what === 'string' ? what : await what();
      throw new Error(`gave up after ${ms} ms waiting for ${awaited}`);
    }
    await pause();
  }
}

/**
 * Waits for a promise, with a deadline.
 * @throws Error past the deadline
 */
export async function within<T>(promise: Promise<T>, what: string, ms = PATIENCE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`gave up after ${ms} ms waiting for ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits until a figure has come to rest, and gives it.
 * @param stillMs how long the figure must not have changed
 */
export async function settled(read: () => number, stillMs: number, ms = PATIENCE_MS): Promise<number> {
  const deadline = performance.now() + ms;
  let last = read();
  let since = performance.now();
  while (performance.now() - since < stillMs) {
    if (performance.now() > deadline) throw new Error(`a figure did not come to rest in ${ms} ms: ${last}`);
    await pause();
    const now = read();
    if (now !== last) since = performance.now();
    last = now;
  }
  return last;
}
