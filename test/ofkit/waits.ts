import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that an event may take before the test fails: machines are slow, but not for ever. */
export const EVENT_WITHIN_MS = 60_000;

/**
 * Waits for a promise.
 * @throws Error that names the event, past the deadline
 */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  milliseconds = EVENT_WITHIN_MS,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${milliseconds} ms for ${what}`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks again until there is an answer.
 * @throws Error that names the event, past the deadline
 */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + EVENT_WITHIN_MS;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(20);
  }
  throw new Error(`waited ${EVENT_WITHIN_MS} ms for ${what}`);
}
