import { inspect } from 'node:util';
import { messageOf } from '../../../common/errors.ts';
import type { Uncaught } from '../runner.ts';

/** The signals that end a watchdog. The function's own listeners for them are called when its requests are done. */
const SIGNALS: ReadonlySet<string> = new Set(['SIGTERM', 'SIGINT']);

/** Thrown into the function by `process.exit`, because that never returns. */
class ExitCalled extends Error {
  override readonly name = 'ExitCalled';
}

/**
 * Stands between the function and the process that it shares with the watchdog. An event that would have ended a
 * process of the function's own ends the function here, and the watchdog after it.
 */
export class ProcessGuard {
  readonly #onCrash: (reason: string) => void;
  readonly #exit = process.exit.bind(process);
  readonly #held: ((signal: NodeJS.Signals) => unknown)[] = [];
  #uncaught: Uncaught | undefined;

  /** @param onCrash called with the reason to take the function for dead, perhaps more than once */
  constructor(onCrash: (reason: string) => void) {
    this.#onCrash = onCrash;
  }

  /** Stands guard from now on. */
  begin(uncaught: Uncaught): void {
    this.#uncaught = uncaught;
    uncaught.take = this.#take;
    process.exit = (code): never => {
      const status = Number(code ?? process.exitCode ?? 0);
      const text = `the function called process.exit(${Number.isNaN(status) ? 1 : status})`;
      this.#onCrash(text);
      throw new ExitCalled(text);
    };
    process.on('newListener', this.#hold);
  }

  /** Gives the process back to the watchdog. */
  stop(): void {
    process.exit = this.#exit;
    process.off('newListener', this.#hold);
    if (this.#uncaught) this.#uncaught.take = () => false;
  }

  /**
   * Calls the function's listeners for the end of its process, and waits for the promises that they return.
   * @returns whether a listener may have started work that no promise covers
   */
  async signal(name: NodeJS.Signals): Promise<boolean> {
    const results = this.#held.splice(0).map((listener) => listener(name));
    await Promise.all(results);
    return results.some((result) => !(result instanceof Promise));
  }

  readonly #hold = (name: string | symbol, listener: (...args: unknown[]) => unknown): void => {
    if (typeof name !== 'string' || !SIGNALS.has(name)) return;
    // the listener is added a moment after this event
    queueMicrotask(() => {
      process.removeListener(name, listener);
      if (!this.#held.includes(listener)) this.#held.push(listener);
    });
  };

  /** Lets a function that handles its uncaught errors itself go on, as it would in a process of its own. */
  readonly #take = (thrown: unknown, event: 'uncaughtException' | 'unhandledRejection'): boolean => {
    if (thrown instanceof ExitCalled) return true;
    if (process.listenerCount(event) > 1) return true;
    if (process.listenerCount('uncaughtException') > 1) {
      (process as NodeJS.EventEmitter).emit('uncaughtException', thrown, event);
      return true;
    }
    process.stderr.write(`${inspect(thrown)}\n`);
    this.#onCrash(`an error that nobody caught: ${messageOf(thrown)}`);
    return true;
  };
}
