import type { Project } from './project.ts';
import type { Terminal } from './terminal/terminal.ts';

/** All that a command has of the machine it runs on. What a command calls asks for the part that it needs. */
export interface Host extends Project, Terminal {
  /** Calls back on the second Ctrl-C; ofkit exits when what is called has ended. */
  readonly onSecondInterrupt: (callback: () => Promise<void>) => void;
}
