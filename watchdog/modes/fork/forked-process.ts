import { RequestError } from '../../errors.ts';
import type { ExitStatus } from '../../process/exit-status.ts';

/** The stdin of a process. Bytes that are written after its end, or that nobody reads, are thrown away. */
export interface ProcessInput {
  /** @returns false where the process is slower: wait for `onDrain` before the next write */
  write(bytes: Buffer): boolean;
  /** Closes stdin after the bytes that still wait and `last`. */
  end(last?: Buffer): void;
  /** @param listener called whenever the bytes are written that `write` answered with false */
  onDrain(listener: () => void): void;
  /** @param listener called when the process stops reading */
  onUnread(listener: () => void): void;
}

/** Takes the bytes that a process writes, as they come. */
export type OutputListener = (bytes: Buffer) => void;

/** A process that serves one request. It leads a process group of its own. */
export interface ForkedProcess {
  readonly pid: number;
  readonly stdin: ProcessInput;
  /**
   * Settles when the process has exited; its last output may not have been read yet. Rejects with a RequestError where
   * its program could not be executed.
   */
  readonly exited: Promise<ExitStatus>;
  /** Whether it has exited, as far as can be seen at once. */
  hasExited(): boolean;
  /** Begins to read stdout; until then its pipe fills. */
  readOutput(listener: OutputListener): void;
  /** Begins to read stderr, where that is not merged into stdout. */
  readErrors(listener: OutputListener): void;
  /** Stops reading stdout, so that the process waits. */
  pauseOutput(): void;
  resumeOutput(): void;
  /**
   * Settles as `exited` does, but only when everything that the process has written is read. It does not wait for later
   * output of a child that goes on in the background. Call it when both outputs are being read.
   */
  finished(): Promise<ExitStatus>;
  /** Closes the pipes of a process whose output nobody wants. */
  discard(): void;
}

/** The command that is started for each request, and how. */
export interface ForkOptions {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Whether stderr goes where stdout goes, in the order of writing. */
  readonly mergesErrors: boolean;
}

/** A way to start processes. */
export interface Forker {
  /**
   * @param variables of the request; they replace those of the environment; their values are bytes, one for each
   * character
   * @throws RequestError HEADERS_TOO_LARGE where the environment does not fit, REQUEST_INVALID where it holds a NUL,
   * otherwise PROCESS_NOT_STARTED
   */
  fork(variables: Readonly<Record<string, string>>): Promise<ForkedProcess>;
}

/**
 * @param file the command's first word
 * @param code the system's code (`ENOENT`), or a text that says what went wrong
 */
export function forkError(file: string, code: string, cause?: unknown): RequestError {
  const options = cause === undefined ? undefined : { cause };
  if (code === 'E2BIG') {
    const text = "the request's headers are too large for the environment of a process";
    return new RequestError('HEADERS_TOO_LARGE', text, options);
  }
  if (code === 'ERR_INVALID_ARG_VALUE') {
    const text = 'the request holds a NUL, which no environment can';
    return new RequestError('REQUEST_INVALID', text, options);
  }
  const why = code === 'ENOENT' ? 'no such file' : code;
  const text = `cannot start ${JSON.stringify(file)}: ${why} (see fprocess)`;
  return new RequestError('PROCESS_NOT_STARTED', text, options);
}
