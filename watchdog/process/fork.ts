import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { RequestError, messageOf, systemCodeOf } from '../errors.ts';
import type { ExitStatus } from './exit-status.ts';

/** A process that serves one request. */
export interface ForkedProcess {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the process has exited; what it wrote may not have been read yet. */
  readonly exited: Promise<ExitStatus>;
}

/**
 * Starts a process as the leader of a process group of its own.
 * @throws RequestError HEADERS_TOO_LARGE where the environment does not fit, REQUEST_INVALID where it holds a NUL,
 * PROCESS_NOT_STARTED else
 */
export async function forkProcess(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<ForkedProcess> {
  const [file = '', ...args] = command;
  try {
    const child = spawn(file, args, { env: environment, detached: true, stdio: 'pipe' });
    const exited = new Promise<ExitStatus>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    if (child.pid === undefined) throw await failureOf(once(child, 'spawn'));
    return { pid: child.pid, stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, exited };
  } catch (thrown) {
    throw asRequestError(file, thrown);
  }
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return new Error('no process id');
  } catch (thrown) {
    return thrown;
  }
}

function asRequestError(file: string, thrown: unknown): RequestError {
  const code = systemCodeOf(thrown);
  const cause = { cause: thrown };
  if (code === 'E2BIG') {
    const text = "the request's headers are too large for the environment of a process";
    return new RequestError('HEADERS_TOO_LARGE', text, cause);
  }
  if (code === 'ERR_INVALID_ARG_VALUE') {
    return new RequestError('REQUEST_INVALID', 'the request holds a NUL, which no environment can', cause);
  }
  const why = code === 'ENOENT' ? 'no such file' : (code ?? messageOf(thrown));
  return new RequestError(
    'PROCESS_NOT_STARTED',
    `cannot start ${JSON.stringify(file)}: ${why} (see fprocess)`,
    cause,
  );
}

/**
 * Resolves once everything is read that the exited process has written. The stream's end is no sign of that: a
 * child that goes on in the background may hold it open. So the sign is a whole turn of the event loop, with its
 * look at every socket, in which nothing came.
 */
export async function outputDrained(stdout: Readable): Promise<void> {
  const socket = stdout as Socket;
  while (!stdout.readableEnded && !stdout.destroyed) {
    if (stdout.isPaused()) {
      await Promise.race([once(stdout, 'resume'), once(stdout, 'close')]);
      continue;
    }
    const before = socket.bytesRead;
    await turnOfLoop();
    await turnOfLoop();
    if (socket.bytesRead === before && stdout.readableLength === 0 && !stdout.isPaused()) return;
  }
}

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
