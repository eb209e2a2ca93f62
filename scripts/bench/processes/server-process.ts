import { once } from 'node:events';
import { execa } from 'execa';
import { waitUntilOk } from '../../sample/readiness.ts';
import { stackStart } from '../../../common/proc.ts';
import { findDescendants } from './usage.ts';

/**
 * The whole environment of a measured process: nothing of the caller's changes what is measured, least of all
 * NODE_EXTRA_CA_CERTS, which costs every Node tens of milliseconds as it starts.
 */
export function environmentOf(settings: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', ...settings };
}

/** What it takes to start a server. */
export interface ServerCommand {
  readonly name: string;
  readonly words: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
}

/** A process that may have ended by the time it is looked at, and its id be another's. */
interface Started {
  readonly pid: number;
  readonly mark: string | undefined;
}

function startedBy(root: number): Started[] {
  return findDescendants(root).map(({ pid }) => ({ pid, mark: stackStart(pid) }));
}

const READY_WITHIN = 15_000;
const END_WITHIN = 3000;
const WORDS = 2000;

function launch({ words: [file, ...words], environment }: ServerCommand) {
  return execa(file, words, {
    env: environmentOf(environment),
    extendEnv: false,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    forceKillAfterDelay: END_WITHIN,
  });
}

/** A server under measurement, and the owner of its process and of all that is below it. */
export class ServerProcess {
  readonly name: string;
  readonly pid: number;
  readonly #child: ReturnType<typeof launch>;
  readonly #ended = new AbortController();
  /** What it has started: once it has ended itself, /proc tells no more whose these were. */
  #below: readonly Started[] = [];
  #lastWords: Buffer = Buffer.alloc(0);

  /** @throws Error when there is no such program */
  constructor(command: ServerCommand) {
    this.name = command.name;
    this.#child = launch(command);
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.name} could not be started: ${command.words[0]}`);
    this.pid = pid;
    this.#child.once('exit', (status, signal) => {
      // What it said of its end may still be in the pipe.
      setTimeout(() => this.#ended.abort(this.#failure(`has ended (${signal ?? status})`)), 50);
    });
    // Its log goes into a pipe that is read, as a container's does, and is then thrown away.
    this.#child.stdout.resume();
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#lastWords = chunk;
    });
  }

  #failure(what: string): Error {
    const words = this.#lastWords.toString().trim().slice(-WORDS);
    return new Error(`${this.name} ${what}${words === '' ? '' : `; its last words:\n${words}`}`);
  }

  /**
   * Waits for the first answer of 200.
   * @param pause milliseconds between two tries
   * @throws Error when the process ends, or has not answered within 15 s
   */
  async untilOk(url: string, pause: number, signal: AbortSignal): Promise<void> {
    const late = AbortSignal.timeout(READY_WITHIN);
    try {
      await waitUntilOk(url, pause, AbortSignal.any([signal, this.#ended.signal, late]));
    } catch (error) {
      if (!late.aborted) throw error;
      throw this.#failure(`did not answer at ${url} within ${READY_WITHIN / 1000} s`);
    }
    this.#below = startedBy(this.pid);
  }

  /** @throws Error when the process has ended */
  requireRunning(): void {
    this.#ended.signal.throwIfAborted();
  }

  /** SIGTERM, after 3 s SIGKILL, for it and for whatever it leaves behind. */
  async end(): Promise<void> {
    const below = [...this.#below, ...startedBy(this.pid)];
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    for (const { pid } of below.filter((one) => one.mark !== undefined && stackStart(one.pid) === one.mark)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself in between.
      }
    }
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    await this.#child;
  }
}
