import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { messageOf, systemCodeOf } from '../../../common/errors.ts';
import type { ExitStatus } from '../../process/exit-status.ts';
import {
  forkError,
  type ForkedProcess,
  type Forker,
  type ForkOptions,
  type OutputListener,
  type ProcessInput,
} from './forked-process.ts';
import { Prelude } from './shell-prelude.ts';

/**
 * Starts processes with node:child_process. This works everywhere, but copies the watchdog's page tables each time.
 */
export class NodeForker implements Forker {
  readonly #options: ForkOptions;
  readonly #prelude: Prelude;

  constructor(options: ForkOptions) {
    this.#options = options;
    this.#prelude = new Prelude(options.command, options.mergesErrors);
  }

  async fork(variables: Readonly<Record<string, string>>): Promise<ForkedProcess> {
    const { environment, words } = this.#prelude.before(this.#options.environment, variables);
    const [file = '', ...args] = words;
    try {
      const child = spawn(file, args, { env: environment, detached: true, stdio: 'pipe' });
      const exited = new Promise<ExitStatus>((resolve) => {
        child.once('exit', (code, signal) => resolve({ code, signal }));
      });
      if (child.pid === undefined) throw await failureOf(once(child, 'spawn'));
      return new NodeProcess(child, child.pid, exited, this.#options.mergesErrors);
    } catch (thrown) {
      throw forkError(file, systemCodeOf(thrown) ?? messageOf(thrown), thrown);
    }
  }
}

class NodeProcess implements ForkedProcess {
  readonly pid: number;
  readonly stdin: ProcessInput;
  readonly exited: Promise<ExitStatus>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #mergesErrors: boolean;

  constructor(
    child: ChildProcessWithoutNullStreams,
    pid: number,
    exited: Promise<ExitStatus>,
    mergesErrors: boolean,
  ) {
    this.#child = child;
    this.pid = pid;
    this.exited = exited;
    this.#mergesErrors = mergesErrors;
    const { stdin } = child;
    let onUnread = (): void => undefined;
    stdin.on('error', () => onUnread());
    this.stdin = {
      write: (bytes) => stdin.write(bytes),
      end: (last) => void (last ? stdin.end(last) : stdin.end()),
      onDrain: (listener) => void stdin.on('drain', listener),
      onUnread: (listener) => {
        onUnread = listener;
      },
    };
  }

  readOutput(listener: OutputListener): void {
    read(this.#child.stdout, listener);
    if (this.#mergesErrors) read(this.#child.stderr, listener);
  }

  readErrors(listener: OutputListener): void {
    if (!this.#mergesErrors) read(this.#child.stderr, listener);
  }

  pauseOutput(): void {
    this.#child.stdout.pause();
  }

  resumeOutput(): void {
    this.#child.stdout.resume();
  }

  hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async finished(): Promise<ExitStatus> {
    const { stdout, stderr } = this.#child;
    const status = await this.exited;
    await Promise.all([outputDrained(stdout), outputDrained(stderr)]);
    this.discard();
    return status;
  }

  discard(): void {
    this.#child.stdin.destroy();
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }
}

function read(stream: Readable, listener: OutputListener): void {
  stream.on('data', listener);
  stream.on('error', () => undefined); // the process is gone, which its exit tells
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return new Error('no process id');
  } catch (thrown) {
    return thrown;
  }
}

/**
 * Resolves once everything is read that the exited process has written. The stream's end cannot tell that: a child that
 * goes on in the background may hold the stream open. So this waits for a whole turn of the event loop, in which it
 * looks at every socket, without a new byte.
 */
async function outputDrained(stdout: Readable): Promise<void> {
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
