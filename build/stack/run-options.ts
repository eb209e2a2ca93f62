import type { Selection } from './select.ts';

/** The options of running functions, which `run`, `up`, `up --detach` and `exec` take from the command line. */
export interface RunOptions extends Selection {
  /** The stack file; undefined for stack.yaml, else stack.yml. */
  readonly yaml: string | undefined;
  /** Whether `${NAME}` in the stack file is replaced. */
  readonly envsubst: boolean;
  /** The first port; undefined for the command's default, 0 for any free one. */
  readonly port: number | undefined;
  /** Environment variables that go over the ones of stack.yaml. */
  readonly variables: Readonly<Record<string, string>>;
  /** The file of fwatchdog; undefined for $OFKIT_WATCHDOG, else the one beside ofkit. */
  readonly watchdog: string | undefined;
  /** The first function's debugger port; true for 9229 or the next free one; undefined for no debugger. */
  readonly inspect?: number | true | undefined;
  /** Whether functions run as containers of an engine, from images that are built as by `ofkit build`. */
  readonly onEngine?: boolean;
  /** Whether a save reloads its function. */
  readonly watch?: boolean;
  /** Where the gateway keeps its files; undefined for $OFKIT_STATE, else the project's own folder. */
  readonly stateFolder?: string | undefined;
  /** Whether events and results are printed as JSON. */
  readonly json?: boolean;
}
