import { once } from 'node:events';
import { execa } from 'execa';
import { readProcess, stackStart, withDescendants, type ProcessFacts } from '../../common/proc.ts';
import { waitUntilOk } from '../sample/readiness.ts';

/** What it takes to start a server. */
export interface ServerCommand {
  readonly name: string;
  readonly words: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
}

/** What a server has used so far. Processor time in microseconds. */
interface Usage {
  /** Of the server process itself, all its threads. */
  readonly ownCpu: number;
  /** With the processes it started: those that run, and those that have ended and were waited for. */
  readonly cpu: number;
  /** Bytes of the server process that are in memory now. */
  readonly ownResident: number;
  /** With the processes it started; pages they share are counted in each. */
  readonly resident: number;
}

/** How often a server that starts is asked whether it is ready, in milliseconds. */
const PAUSE = 20;
const READY_WITHIN = 15_000;
const END_WITHIN = 3000;
const WORDS = 2000;

/**
 * The whole environment of a measured process: nothing of the caller's changes what is measured, least of all
 * NODE_EXTRA_CA_CERTS, which costs every Node tens of milliseconds as it starts.
 */
export function environmentOf(settings: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', ...settings };
}

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
  readonly #pid: number;
  readonly #child: ReturnType<typeof launch>;
  readonly #ended = new AbortController();
  /** What it has started, with the marks of these: once it has ended itself, /proc tells no more whose they were. */
  readonly #below = new Map<number, string | undefined>();
  #lastWords = '';

  /** @throws Error when there is no such program */
  constructor(command: ServerCommand) {
    this.name = command.name;
    this.#child = launch(command);
    const { pid } = this.#child;
    if (pid === undefined)
      throw new Error(`${this.name} could not be started: is ${command.words[0]} installed?`);
    this.#pid = pid;
    this.#child.once('exit', (status, signal) => {
      // What it said of its end may still be in the pipe.
      setTimeout(() => this.#ended.abort(this.#failure(`has ended (${signal ?? status})`)), 50);
    });
    // Its log goes into a pipe that is read, as a container's does, and is then thrown away.
    this.#child.stdout.resume();
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#lastWords = chunk.toString()));
  }

  #failure(what: string): Error {
    const words = this.#lastWords.trim().slice(-WORDS);
    return new Error(`${this.name} ${what}${words === '' ? '' : `; its last words:\n${words}`}`);
  }

  #noteBelow(): void {
    for (const pid of withDescendants(this.#pid).slice(1)) this.#below.set(pid, stackStart(pid));
  }

  /**
   * Waits for the first answer of 200.
   * @param pause milliseconds between two tries
   * @throws Error when the process ends, or has not answered within 15 s
   */
  async untilOk(url: string, signal: AbortSignal, pause = PAUSE): Promise<void> {
    const late = AbortSignal.timeout(READY_WITHIN);
    try {
      await waitUntilOk(url, pause, AbortSignal.any([signal, this.#ended.signal, late]));
    } catch (error) {
      if (!late.aborted) throw error;
      throw this.#failure(`did not answer at ${url} within ${READY_WITHIN / 1000} s`);
    }
    this.#noteBelow();
  }

  /** @throws Error when the process has ended */
  readUsage(): Usage {
    this.#ended.signal.throwIfAborted();
    const [own, ...below] = withDescendants(this.#pid).map(readProcess);
    if (!own) throw new Error(`${this.name} has ended while it was measured`);
    const all = [own, ...below.filter((one) => one !== undefined)];
    const sum = (of: (one: ProcessFacts) => number): number => all.reduce((total, one) => total + of(one), 0);
    return {
      ownCpu: own.cpuSeconds * 1e6,
      cpu: sum((one) => one.cpuSeconds + one.childCpuSeconds) * 1e6,
      ownResident: own.residentBytes,
      resident: sum((one) => one.residentBytes),
    };
  }

  /** SIGTERM, after 3 s SIGKILL, for it and for whatever it leaves behind. */
  async end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#noteBelow();
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    for (const [pid, mark] of this.#below) {
      try {
        // One that has ended may have left its id to another, whose mark differs.
        if (mark !== undefined && stackStart(pid) === mark) process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself in between.
      }
    }
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    await this.#child;
  }
}
