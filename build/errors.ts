/**
 * The one table of the errors that end a command: the code, the exit status by which a script knows it, and the
 * meaning that `ofkit --help` prints.
 */
export const KIT_ERRORS = {
  INTERNAL: { exit: 1, meaning: 'a fault of ofkit itself' },
  USAGE: { exit: 2, meaning: 'a command, option or value that ofkit does not know' },
  NOT_FOUND: { exit: 3, meaning: 'a file, function, template, secret or gateway that is not there' },
  EXISTS: { exit: 4, meaning: 'a file, folder or function that is there already' },
  INVALID: {
    exit: 5,
    meaning: 'a stack.yaml, template.yml or index that cannot be read, or has a wrong value',
  },
  OUTSIDE: { exit: 6, meaning: 'a path that leads out of its folder' },
  UNREACHABLE: { exit: 7, meaning: 'a repository, index or gateway that cannot be reached' },
  TOOL_MISSING: {
    exit: 8,
    meaning: 'a program that is not installed (git, npm, a container engine, the watchdog)',
  },
  BUILD_FAILED: { exit: 9, meaning: 'an install, compile or image build that failed' },
  PORT_TAKEN: { exit: 10, meaning: 'a port that is in use' },
  START_FAILED: { exit: 11, meaning: 'a function or a gateway that does not start' },
  UNVERIFIED: { exit: 12, meaning: 'a template that breaks a rule (ofkit template verify)' },
  INTERRUPTED: { exit: 130, meaning: 'Ctrl-C, or another signal to end' },
} as const satisfies Record<string, { exit: number; meaning: string }>;

export type KitErrorCode = keyof typeof KIT_ERRORS;

/** An error for the user: one line that tells the event and the way out, and a code that sets the exit status. */
export class KitError extends Error {
  override readonly name = 'KitError';
  readonly code: KitErrorCode;
  readonly exitStatus: number;
  /** The output of the program that failed. The user sees it unchanged above the line. */
  readonly output: string;

  constructor(code: KitErrorCode, message: string, options: ErrorOptions & { output?: string } = {}) {
    super(message, options);
    this.code = code;
    this.exitStatus = KIT_ERRORS[code].exit;
    this.output = options.output ?? '';
  }
}
