import type { Environment } from '../common/settings/read.ts';

/**
 * The project that a command works on, and the means that it has there. The entry file makes it once and hands it
 * down, so that nothing else reads the process or its environment.
 */
export interface Project {
  /** The folder of stack.yaml, template/ and build/, absolute. */
  readonly folder: string;
  readonly environment: Environment;
  /** The file of ofkit itself, with its links resolved: ofkit finds the watchdog and the checkout from there. */
  readonly program: string;
  /** Aborted by Ctrl-C; its reason is a KitError. */
  readonly interrupted: AbortSignal;
}
