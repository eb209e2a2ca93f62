import { EventEmitter } from 'node:events';

/** `data` brings bytes, the other events nothing. */
export type Listener = (...bytes: Buffer[]) => void;

/**
 * The events of a request or a response of the fast path. Most have no listener, and an EventEmitter for each would take
 * a twentieth of the memory of an exchange, so it is made for the first listener.
 */
export class FastMessage {
  #events: EventEmitter | undefined;

  on(event: string, listener: Listener): this {
    this.#made().on(event, listener);
    return this;
  }

  once(event: string, listener: Listener): this {
    this.#made().once(event, listener);
    return this;
  }

  off(event: string, listener: Listener): this {
    this.#events?.off(event, listener);
    return this;
  }

  emit(event: string, ...bytes: Buffer[]): void {
    this.#events?.emit(event, ...bytes);
  }

  #made(): EventEmitter {
    this.#events ??= new EventEmitter();
    return this.#events;
  }
}
