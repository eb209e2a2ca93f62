import type { ReadStream } from 'node:tty';
import type { Output } from './terminal/output.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command knows of the machine it runs on; made once by the entry file and handed down. */
export interface Host {
  /** The project folder: where stack.yaml, template/ and build/ lie. */
  readonly cwd: string;
  readonly env: Environment;
  /** The file of ofkit itself, links resolved: the watchdog and the checkout are found from there. */
  readonly program: string;
  /** Results: what a script reads. */
  readonly out: Output;
  /** Progress and errors: what a person reads. */
  readonly err: Output;
  /** The keys, where it is a terminal. Called by commands that read it alone, as it is opened by that. */
  readonly stdin: () => ReadStream;
  /** Aborted by Ctrl-C; its reason is a KitError. */
  readonly interrupted: AbortSignal;
  /** Calls back on the second Ctrl-C; ofkit exits when what is called has ended. */
  readonly onSecondInterrupt: (callback: () => Promise<void>) => void;
}
