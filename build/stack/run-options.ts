import type { Selection } from './select.ts';

/** How functions are to run: what `run`, `up`, `up --detach` and `exec` are given on the command line. */
export interface RunOptions extends Selection {
  /** Undefined for stack.yaml, else stack.yml. */
  readonly yaml: string | undefined;
  /** The first port; undefined for the command's default, 0 for any that is free. */
  readonly port: number | undefined;
  /** Environment variables over those of stack.yaml. */
  readonly variables: Readonly<Record<string, string>>;
  /** The file of fwatchdog; undefined for the one that is found. */
  readonly watchdog: string | undefined;
  /** The first function's debugger port; true for 9229 or the next that is free; undefined for no debugger. */
  readonly inspect?: number | true | undefined;
  /** Whether a save reloads its function. */
  readonly watch?: boolean;
  /** Where the gateway keeps its files; undefined for $OFKIT_STATE, else the project's own folder. */
  readonly stateFolder?: string | undefined;
  /** Whether what happens is told as JSON. */
  readonly json?: boolean;
}
