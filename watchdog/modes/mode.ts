import type { Settings } from '../settings/table.ts';
import type { HttpFunction } from './http/http-function.ts';
import type { Runner, RunnerContext } from './runner.ts';

/**
 * A mode of the watchdog: one way to run the function. Everything that the rest of the watchdog has to know about a
 * mode is a member here, so that nothing else asks for a mode by its name.
 */
export interface Mode {
  /** Whether each request has a process of its own. Such a process can leave others behind. */
  readonly forksPerRequest: boolean;
  /**
   * Whether the function's code runs in the watchdog's own processes, where a handler that never yields stops
   * everything.
   */
  readonly runsInProcess: boolean;
  /** Whether the line in the log shows the status of a request with its reason phrase. */
  readonly logsReason: boolean;
  /**
   * How the function gets the path of a request: with its bytes as they came, or decoded. The rule decides which dot
   * segments the watchdog redirects. With `by itself` the mode has its own rule for them.
   */
  readonly takesPath: 'as it came' | 'decoded' | 'by itself';
  /**
   * Checks that the settings which the mode needs are there.
   * @throws StartError SETTING_MISSING, SETTING_INVALID
   */
  check(settings: Settings): void;
  createRunner(context: RunnerContext): Runner;
  /**
   * Makes the function as a process that serves all requests. With `workers` the supervisor owns it, and the workers
   * forward to it. A mode without such a process has no such member.
   */
  createFunction?(context: RunnerContext): HttpFunction;
}
