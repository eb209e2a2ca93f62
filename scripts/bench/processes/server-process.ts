import { once } from 'node:events';
import { execa } from 'execa';
import { waitUntilOk } from '../../sample/readiness.ts';
import { findDescendants, stillRuns, type ProcessMark } from './usage.ts';

/**
 * The whole environment of a measured process. The caller's environment must not change a figure, least of all
 * NODE_EXTRA_CA_CERTS, which costs every Node tens of milliseconds at its start.
 */
export function environmentOf(settings: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', ...settings };
}

/** The command, environment and folder to start a server with. */
export interface ServerCommand {
  readonly name: string;
  readonly words: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
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

/** A measured server, and the owner of its process and of all processes below it. */
export class ServerProcess {
  readonly name: string;
  readonly pid: number;
  readonly #child: ReturnType<typeof launch>;
  readonly #ended = new AbortController();
  /** The processes that it has started. Once it has ended, /proc does not tell any more that they were its own. */
  #below: readonly ProcessMark[] = [];
  #lastWords: Buffer = Buffer.alloc(0);

  /** @throws Error when there is no such program */
  constructor(command: ServerCommand) {
    this.name = command.name;
    this.#child = launch(command);
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.name} could not be started: ${command.words[0]}`);
    this.pid = pid;
    this.#child.once('exit', (status, signal) => {
      // its last words may still be in the pipe
      setTimeout(() => this.#ended.abort(this.#failure(`has ended (${signal ?? status})`)), 50);
    });
    // its log goes into a pipe that is read, like a container's, and is then thrown away
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
    this.#below = findDescendants(this.pid);
  }

  /** @throws Error when the process has ended */
  requireRunning(): void {
    this.#ended.signal.throwIfAborted();
  }

  /** Sends SIGTERM, and SIGKILL after 3 s, to the server and to all processes that it leaves behind. */
  async end(): Promise<void> {
    const below = [...this.#below, ...findDescendants(this.pid)];
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    for (const one of below.filter(stillRuns)) {
      try {
        process.kill(one.pid, 'SIGKILL');
      } catch {
        // it ended by itself meanwhile
      }
    }
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    await this.#child;
  }
}
