import type { IncomingMessage } from 'node:http';

/** How often each body is looked at: a number of times in read_timeout, within limits in milliseconds. */
const LOOKS = 8;
const OFTENEST_MS = 5;
const SELDOMEST_MS = 1000;

interface Watched {
  waitedMs: number;
  since: number;
  readonly onStalled: () => void;
}

/**
 * Keeps read_timeout over bodies that the function reads itself, in this process. It looks at them from time to time,
 * so that nothing stands between the function and its request. While there is room in the request's buffer and the body
 * is not whole, the client is the one that is waited for.
 */
export class BodyWatch {
  readonly #readTimeout: number;
  readonly #everyMs: number;
  readonly #bodies = new Map<IncomingMessage, Watched>();
  #timer: NodeJS.Timeout | undefined;

  /** @param readTimeout milliseconds to wait for a client in all, 0 for no limit */
  constructor(readTimeout: number) {
    this.#readTimeout = readTimeout;
    this.#everyMs = Math.min(SELDOMEST_MS, Math.max(OFTENEST_MS, readTimeout / LOOKS));
  }

  /** @param onStalled called once when the client has taken too long; never after the body is whole */
  watch(request: IncomingMessage, onStalled: () => void): void {
    if (this.#readTimeout === 0) return;
    this.#bodies.set(request, { waitedMs: 0, since: performance.now(), onStalled });
    this.#timer ??= setInterval(this.#look, this.#everyMs);
  }

  /** Forgets a body that is whole. The next look would do so too, but would keep the request in memory until then. */
  forget(request: IncomingMessage): void {
    this.#bodies.delete(request);
  }

  readonly #look = (): void => {
    const now = performance.now();
    for (const [request, body] of this.#bodies) {
      if (request.complete || request.destroyed) {
        this.#bodies.delete(request);
        continue;
      }
      // after a delay of the loop, bytes that have arrived meanwhile are not read yet
      const passed = Math.min(now - body.since, 2 * this.#everyMs);
      body.since = now;
      if (request.readableLength < request.readableHighWaterMark) body.waitedMs += passed;
      if (body.waitedMs < this.#readTimeout) continue;
      this.#bodies.delete(request);
      body.onStalled();
    }
    if (this.#bodies.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  };
}
