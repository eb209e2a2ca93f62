import { get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** Sends one GET on a connection of its own. Gives the status, or undefined where nobody answers within a second. */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}

/**
 * Asks until the answer is 200.
 * @param pause milliseconds between two tries
 * @param signal ends the waiting
 * @throws the reason of the signal
 */
export async function waitUntilOk(url: string, pause: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    if ((await statusOf(url)) === 200) return;
    await wait(pause);
  }
}
