export type Environment = Readonly<Record<string, string | undefined>>;

/** The project that a command works on, and what it works with there: made once by the entry file and handed down. */
export interface Project {
  /** The folder of stack.yaml, template/ and build/, absolute. */
  readonly folder: string;
  readonly environment: Environment;
  /** The file of ofkit itself, links resolved: the watchdog and the checkout are found from there. */
  readonly program: string;
  /** Aborted by Ctrl-C; its reason is a KitError. */
  readonly interrupted: AbortSignal;
}
