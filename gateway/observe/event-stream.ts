import { setTimeout as sleep } from 'node:timers/promises';
import type { Observer } from './observer.ts';

/** The longest silence of a stream, in milliseconds. A reader that hears nothing for longer knows that it is dead. */
const HEARTBEAT_MS = 5000;
/** How long the snapshot waits for a slow provider, in milliseconds. Past that, it has the state of the look before. */
const FIRST_LOOK_MS = 1000;

/**
 * Yields a stream of server-sent events (HTML, section 9.2): `snapshot` has the whole state at the moment, `changes`
 * the new values, `heartbeat` comes when nothing has changed. A slow reader gets all changes since its last read as one
 * event.
 * @param signal ends the stream
 * @throws GatewayError TOO_MANY_WATCHERS before the first event
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
