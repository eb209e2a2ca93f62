import { inspect } from 'node:util';
import { messageOf } from '../../../common/errors.ts';
import type { Uncaught } from '../runner.ts';

/** The signals that end a watchdog. What the function does at one of them has its turn when its requests are done. */
const SIGNALS: ReadonlySet<string> = new Set(['SIGTERM', 'SIGINT']);

/** What `process.exit` throws into the function, as it does not return. */
class ExitCalled extends Error {
  override readonly name = 'ExitCalled';
}

/**
 * Stands between the function and the process that it shares with the watchdog: what would have ended a process of
 * the function's own ends the function here, and the watchdog after it.
 */
export class ProcessGuard {
  readonly #onCrash: (reason: string) => void;
  readonly #exit = process.exit.bind(process);
  readonly #held: ((signal: NodeJS.Signals) => unknown)[] = [];
  #uncaught: Uncaught | undefined;

  /** @param onCrash is told why the function is to be taken for dead; perhaps more than once */
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
   * Calls what the function does at the end of its process, and waits for the promises of it.
   * @returns whether something may go on that no promise tells of
   */
  async signal(name: NodeJS.Signals): Promise<boolean> {
    const results = this.#held.splice(0).map((listener) => listener(name));
    await Promise.all(results);
    return results.some((result) => !(result instanceof Promise));
  }

  readonly #hold = (name: string | symbol, listener: (...args: unknown[]) => unknown): void => {
    if (typeof name !== 'string' || !SIGNALS.has(name)) return;
    // it is added a moment after this
    queueMicrotask(() => {
      process.removeListener(name, listener);
      if (!this.#held.includes(listener)) this.#held.push(listener);
    });
  };

  /** A function that sees to its uncaught errors by itself goes on, as it would in a process of its own. */
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
