import { getSystemErrorName } from 'node:util';
import { constants } from 'node:os';
import { MOST_EVENTS, type NativeAddon } from '../../../process/native/addon.ts';

/** Is told of the events of a process. */
export interface Listener {
  readonly pid: number;
  /** Called when something has happened to the process: OUTPUT_READABLE and the like, or its exit. */
  onEvent(what: number): void;
  /** Waits for the process, where it has exited. */
  reap(): void;
}

/** The processes that were started with the addon and have not ended, by their numbers in the addon. */
export class NativeProcesses {
  readonly addon: NativeAddon;
  readonly #events = new Int32Array(2 * MOST_EVENTS);
  readonly #live = new Map<number, Listener>();
  readonly #byPid = new Map<number, Listener>();
  #last = 0;

  /** @throws Error where the system lacks a feature that the addon needs */
  constructor(addon: NativeAddon) {
    this.addon = addon;
    const status = addon.start(this.#events, this.#onEvents);
    if (status < 0) throw new Error(`the native addon cannot be used here: ${getSystemErrorName(status)}`);
  }

  /** Gives the number for the next process. */
  next(): number {
    this.#last = (this.#last + 1) & 0x7fffffff;
    return this.#last;
  }

  add(number: number, process: Listener): void {
    this.#live.set(number, process);
    this.#byPid.set(process.pid, process);
  }

  /** Forgets the id of a process. Call it when the process was waited for: another may get its id from now on. */
  waitedFor(process: Listener): void {
    this.#byPid.delete(process.pid);
  }

  delete(number: number): void {
    this.#live.delete(number);
  }

  /** Finds a process by its id; undefined where it is not one of these. */
  withPid(pid: number): Listener | undefined {
    return this.#byPid.get(pid);
  }

  readonly #onEvents = (count: number): void => {
    for (let at = 0; at < count; at += 1) {
      this.#live.get(this.#events[2 * at] ?? 0)?.onEvent(this.#events[2 * at + 1] ?? 0);
    }
  };
}

const AGAIN = -constants.errno.EAGAIN;
const INTERRUPTED = -constants.errno.EINTR;

/** Whether there was nothing to do for now. */
export function isLater(status: number): boolean {
  return status === AGAIN || status === INTERRUPTED;
}
