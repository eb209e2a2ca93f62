import { once } from 'node:events';
import { execa } from 'execa';
import { readProcess, stackStart, withDescendants, type ProcessFacts } from '../../common/proc.ts';
import { findFreePort } from '../../common/free-port.ts';
import { waitUntilOk } from '../sample/readiness.ts';
import type { Sample } from './figures.ts';

/** A server to measure. */
export interface Subject {
  readonly name: string;
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
  /** The path below which the function is served: '' or `/function/NAME`. */
  readonly base: string;
  /** Below that, the path that answers 200 once requests can be sent. */
  readonly readyPath: string;
}

/** @param portSetting tells it where to listen: on a free port of its own */
export async function subjectOf(
  name: string,
  words: readonly string[],
  portSetting: string,
  { environment, ...rest }: Partial<Subject> = {},
): Promise<Subject> {
  const port = await findFreePort();
  const told = { ...environment, [portSetting]: `${port}` };
  return { base: '', readyPath: '', ...rest, name, words, port, environment: told };
}

/** @param path below the function's own path */
export function urlOf({ port, base }: Subject, path = ''): string {
  return `http://127.0.0.1:${port}${base}/${path}`;
}

const READY_WITHIN = 15_000;
const END_WITHIN = 3000;
const WORDS = 2000;

/** A server under measurement, and the owner of its process and of all that is below it. */
export class ServerProcess {
  readonly #name: string;
  readonly #pid: number;
  readonly #child;
  readonly #failed = new AbortController();
  /**
   * The processes that were seen below it, by their ids: once it has ended, /proc no longer tells whose they are. The
   * stack of each tells it from a later process with the same id.
   */
  readonly #below = new Map<number, string | undefined>();
  #lastWords = '';

  /** @throws Error when there is no such program */
  constructor({ name, words: [file = '', ...words], environment }: Subject) {
    this.#name = name;
    this.#child = execa(file, words, {
      // Nothing of the caller's environment changes what is measured, least of all NODE_EXTRA_CA_CERTS, which costs
      // every Node tens of milliseconds as it starts.
      env: { PATH: process.env.PATH, ...environment },
      extendEnv: false,
      stdin: 'ignore',
      buffer: false,
      reject: false,
      forceKillAfterDelay: END_WITHIN,
    });
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${name}: is ${file} installed?`);
    this.#pid = pid;
    this.#child.once('exit', (status, signal) => {
      // Its last words may still be in the pipe.
      setTimeout(() => this.#fail(`has ended (${signal ?? status})`), 50);
    });
    // Its log goes into a pipe that is read, as a container's does, and is then thrown away.
    this.#child.stdout.resume();
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#lastWords = chunk.toString()));
  }

  #fail(what: string): void {
    const words = this.#lastWords.trim().slice(-WORDS);
    this.#failed.abort(new Error(`${this.#name} ${what}${words && `; its last words:\n${words}`}`));
  }

  /**
   * Waits for the first answer of 200.
   * @param pause milliseconds between two tries
   * @throws Error when the process ends, or has not answered within 15 s
   */
  async untilOk(url: string, signal: AbortSignal, pause = 20): Promise<void> {
    const late = setTimeout(() => this.#fail(`did not answer at ${url} in time`), READY_WITHIN);
    try {
      await waitUntilOk(url, pause, AbortSignal.any([signal, this.#failed.signal]));
    } finally {
      clearTimeout(late);
    }
  }

  /**
   * Reads its processor time and memory, its own and with the processes below it. Processor time is also that of
   * processes which have ended and were waited for. Memory pages that two processes share count in each.
   * @throws Error when the process has ended
   */
  readUsage(): Required<Pick<Sample, 'ownCpu' | 'cpu' | 'ownResident' | 'resident'>> {
    this.#failed.signal.throwIfAborted();
    const all = this.#look().flatMap((pid) => readProcess(pid) ?? []);
    const [own] = all;
    if (!own) throw new Error(`${this.#name} has ended while it was measured`);
    const sum = (of: (one: ProcessFacts) => number): number => all.reduce((total, one) => total + of(one), 0);
    return {
      ownCpu: own.cpuSeconds * 1e6,
      cpu: sum((one) => one.cpuSeconds + one.childCpuSeconds) * 1e6,
      ownResident: own.residentBytes,
      resident: sum((one) => one.residentBytes),
    };
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** @returns the ids of its process and of all below it; none once it has ended, as its id may be another's by then */
  #look(): number[] {
    if (this.#hasEnded) return [];
    const all = withDescendants(this.#pid);
    for (const pid of all.slice(1)) this.#below.set(pid, stackStart(pid));
    return all;
  }

  async untilEnd(): Promise<void> {
    if (!this.#hasEnded) await once(this.#child, 'exit');
  }

  /** Ends it by SIGTERM, after 3 s by SIGKILL, and the processes that it leaves behind by SIGKILL. */
  async end(): Promise<void> {
    this.#look();
    this.#child.kill('SIGTERM');
    await this.untilEnd();
    for (const [pid, stack] of this.#below) {
      try {
        if (stack !== undefined && stackStart(pid) === stack) process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself in between.
      }
    }
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    await this.#child;
  }
}
