import type { ReadStream } from 'node:tty';
import type { Project } from './project.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Everything that a command has of its machine. The functions that it calls ask only for the part that they need. */
export interface Host extends Project, Terminal {
  /** Opens the keys, which may be no terminal. */
  readonly stdin: () => ReadStream;
  /** Registers a callback for the second Ctrl-C. ofkit exits once all callbacks have ended. */
  readonly onSecondInterrupt: (callback: () => Promise<void>) => void;
}
