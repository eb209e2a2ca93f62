import { RequestError } from '../../errors.ts';
import type { ExitStatus } from '../../process/exit-status.ts';

/** The stdin of a process. What is written after its end, or where nobody reads, is thrown away. */
export interface ProcessInput {
  /** @returns false where the process is slower: go on at `onDrain` */
  write(bytes: Buffer): boolean;
  /** Closes it, after what is still to be written and this. */
  end(last?: Buffer): void;
  /** @param listener called whenever what `write` has refused to hurry is written */
  onDrain(listener: () => void): void;
  /** @param listener called when the process does not read any more */
  onUnread(listener: () => void): void;
}

/** Takes bytes that a process has written, as they come. */
export type OutputListener = (bytes: Buffer) => void;

/** A process that serves one request, the leader of a process group of its own. */
export interface ForkedProcess {
  readonly pid: number;
  readonly stdin: ProcessInput;
  /**
   * Settles when the process has exited; what it wrote may not have been read yet. Rejects with a RequestError where
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
   * Settles as `exited` does, but after all was read that the process has written. What a child of it that goes on in
   * the background writes later is not waited for. Call it when both outputs are read.
   */
  finished(): Promise<ExitStatus>;
  /** Closes what was not read, of a process whose output nobody wants. */
  discard(): void;
}

/** What is started for each request. */
export interface ForkOptions {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Whether stderr goes where stdout goes, in the order of writing. */
  readonly mergesErrors: boolean;
}

/** A way to start processes. */
export interface Forker {
  /**
   * @param variables of the request, which go over those of the environment; their values are bytes, a character each
   * @throws RequestError HEADERS_TOO_LARGE where the environment does not fit, REQUEST_INVALID where it holds a NUL,
   * PROCESS_NOT_STARTED else
   */
  fork(variables: Readonly<Record<string, string>>): Promise<ForkedProcess>;
}

/**
 * @param file the command's first word
 * @param code the system's (`ENOENT`), or other words for what went wrong
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
