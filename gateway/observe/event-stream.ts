import { setTimeout as sleep } from 'node:timers/promises';
import type { Observer } from './observer.ts';

/** How long a stream is silent at the most, in milliseconds: so its reader knows that it is still there. */
const HEARTBEAT_MS = 5000;
/** How long the snapshot waits for a provider that is slow to answer, in milliseconds; it is then the one before. */
const FIRST_LOOK_MS = 1000;

/**
 * The text of a stream of events (HTML, section 9.2): `snapshot` with all that there is at the moment, `changes` with what
 * is new, `heartbeat` where nothing is. What comes while the reader is slow is told of in one piece once they read again.
 * @param signal ends it
 * @throws GatewayError TOO_MANY_WATCHERS at once
 */
export function eventStream(observer: Observer, signal: AbortSignal): AsyncIterable<string> {
  let wake: () => void = () => undefined;
  const unwatch = observer.watch(() => wake());
  const onAbort = (): void => {
    unwatch();
    wake();
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  const news = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, HEARTBEAT_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  return (async function* () {
    let seen = 0;
    await Promise.race([observer.look(), sleep(FIRST_LOOK_MS, undefined, { ref: false })]);
    while (!signal.aborted) {
      const { version } = observer.state;
      if (version === seen) {
        await news();
        if (!signal.aborted && observer.state.version === seen) yield event('heartbeat', {});
        continue;
      }
      const changes = seen === 0 ? undefined : observer.state.since(seen);
      seen = version;
      yield changes ? event('changes', changes) : event('snapshot', observer.state.all());
    }
  })();
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify({ time: new Date().toISOString(), ...data })}\n\n`;
}
