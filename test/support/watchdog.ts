import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { WATCHDOG_COMMAND } from './command.ts';
import { newFolder, removeFolder } from './folder.ts';
import { Output } from './output.ts';
import type { Owner } from './owner.ts';
import { makePipe } from './pipe.ts';
import { processesWith, sendSignal } from './process-table.ts';
import { exchange, RawConnection, type RawAnswer } from './raw-connection.ts';
import { request, type Answer, type RequestOptions } from './request.ts';
import { until, within } from './wait.ts';

/** Environment variables. An undefined one is left out, even where a default would set it. */
export type Variables = Readonly<Record<string, string | undefined>>;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StartOptions {
  readonly args?: readonly string[];
  /** The command to run instead of the watchdog under test; it runs the watchdog. */
  readonly command?: readonly string[];
  /** `healthy` (the default) waits for the health check, `listening` for the start-up lines. */
  readonly wait?: 'healthy' | 'listening';
  /** The folder for TMPDIR; made where not given. */
  readonly folder?: string;
  /** The kind of its output: a pair of sockets, as Node makes it, or a pipe, as in a container. */
  readonly output?: 'socket' | 'pipe';
}

/** How long a watchdog may take to end after SIGTERM when its test is over. */
const GRACE_MS = 400;

/** A watchdog that runs, as its users see it. */
export class Watchdog {
  readonly folder: string;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Settles when the process has ended and all its output is there. */
  readonly exited: Promise<Exit>;
  readonly #owner: Owner;
  readonly #child: ChildProcess;
  #exit: Exit | undefined;
  #port = 0;
  #metricsPort = 0;

  private constructor(owner: Owner, folder: string, child: ChildProcess, streams: readonly Readable[]) {
    const [stdout, stderr] = streams;
    if (!stdout || !stderr) throw new Error('the watchdog was started without streams');
    this.#owner = owner;
    this.#child = child;
    this.folder = folder;
    this.stdout = new Output(stdout);
    this.stderr = new Output(stderr);
    const exit = new Promise<Exit>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        this.#exit = { code, signal };
        resolve(this.#exit);
      });
    });
    this.exited = Promise.all([exit, this.stdout.ended, this.stderr.ended]).then(([status]) => status);
    this.exited.catch(() => undefined);
  }

  /** Starts the command, and ends it with the test; does not wait for anything. */
  static spawn(owner: Owner, variables: Variables, options: StartOptions = {}): Watchdog {
    const folder = options.folder ?? newFolder();
    const [file, ...words] = options.command ?? WATCHDOG_COMMAND;
    if (file === undefined) throw new Error('WATCHDOG names no command');
    const pipes =
      options.output === 'pipe'
        ? ['stdout', 'stderr'].map((name) => makePipe(path.join(folder, `${name}.fifo`)))
        : undefined;
    const child = spawn(file, [...words, ...(options.args ?? [])], {
      cwd: folder,
      env: environment(folder, variables),
      stdio: ['ignore', pipes?.[0]?.writeEnd ?? 'pipe', pipes?.[1]?.writeEnd ?? 'pipe'],
    });
    for (const { writeEnd } of pipes ?? []) closeSync(writeEnd);
    const streams: (Readable | null)[] = pipes?.map(({ readEnd }) => readEnd) ?? [child.stdout, child.stderr];
    const watchdog = new Watchdog(
      owner,
      folder,
      child,
      streams.filter((stream) => stream !== null),
    );
    owner.after(() => watchdog.#endAll(options.folder === undefined));
    return watchdog;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get port(): number {
    return this.#port;
  }

  get metricsPort(): number {
    return this.#metricsPort;
  }

  get lockFile(): string {
    return path.join(this.folder, '.lock');
  }

  get hasEnded(): boolean {
    return this.#exit !== undefined;
  }

  /** All its output. */
  get log(): string {
    return this.stdout.text + this.stderr.text;
  }

  request(options?: RequestOptions): Promise<Answer> {
    return request(this.#port, options);
  }

  exchange(bytes: string | Buffer, ms?: number): Promise<RawAnswer> {
    return exchange(this.#owner, this.#port, bytes, ms);
  }

  connect(): Promise<RawConnection> {
    return RawConnection.open(this.#owner, this.#port);
  }

  async metrics(): Promise<string> {
    return (await request(this.#metricsPort, { path: '/metrics' })).text;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Living processes that it started, at any depth, whatever their parent is by now. */
  leftovers(): number[] {
    return processesWith(`TMPDIR=${this.folder}`).filter((pid) => pid !== this.pid);
  }

  /** @throws Error with its log where it has not ended by then */
  async waitExit(ms?: number): Promise<Exit> {
    return within(this.exited, `the watchdog to end; its log:\n${this.log}`, ms);
  }

  /** Waits for the lines that name the ports. */
  async waitListening(): Promise<void> {
    const ports = async (): Promise<void> => {
      const metrics = await this.stderr.waitFor(/Metrics listening on port: (\d+)/);
      const requests = await this.stderr.waitFor(/Listening on port: (\d+)/);
      this.#metricsPort = Number(metrics[1]);
      this.#port = Number(requests[1]);
    };
    await Promise.race([ports(), this.#earlyExit()]);
  }

  async waitHealthy(): Promise<void> {
    const healthy = until(
      async () => this.hasEnded || (await this.request({ path: '/_/health' })).status === 200,
      'the watchdog to be healthy',
    );
    await Promise.race([healthy, this.#earlyExit()]);
  }

  /** Waits for a file in its folder. */
  async waitForFile(name: string): Promise<string> {
    const file = path.join(this.folder, name);
    await until(() => existsSync(file), `the file ${name}`);
    return file;
  }

  /** Makes an empty file in its folder, for which a child behaviour waits. */
  makeFile(name: string): void {
    writeFileSync(path.join(this.folder, name), '');
  }

  async #earlyExit(): Promise<never> {
    const { code, signal } = await this.exited;
    throw new Error(`the watchdog ended (${code ?? signal}); its log:\n${this.log}`);
  }

  async #endAll(withFolder: boolean): Promise<void> {
    this.stdout.readOn();
    this.stderr.readOn();
    if (!this.hasEnded) {
      this.kill('SIGTERM');
      await within(this.exited, 'the end', GRACE_MS).catch(() => this.kill('SIGKILL'));
    }
    for (const pid of this.leftovers()) sendSignal(pid, 'SIGKILL');
    await within(this.exited, 'the end').catch(() => undefined);
    if (withFolder) removeFolder(this.folder);
  }
}

/** Starts a watchdog on free ports, in a folder of its own. */
export async function startWatchdog(
  owner: Owner,
  variables: Variables,
  options: StartOptions = {},
): Promise<Watchdog> {
  const watchdog = Watchdog.spawn(owner, variables, options);
  await watchdog.waitListening();
  if (options.wait !== 'listening') await watchdog.waitHealthy();
  return watchdog;
}

export interface Run extends Exit {
  readonly stdout: string;
  readonly stderr: string;
  readonly log: string;
}

/** Runs a watchdog that is expected to end by itself. */
export async function runWatchdog(owner: Owner, variables: Variables, options?: StartOptions): Promise<Run> {
  const watchdog = Watchdog.spawn(owner, variables, options);
  const exit = await watchdog.waitExit();
  return { ...exit, stdout: watchdog.stdout.text, stderr: watchdog.stderr.text, log: watchdog.log };
}

function environment(folder: string, variables: Variables): NodeJS.ProcessEnv {
  const defaults = {
    PATH: process.env['PATH'],
    HOME: folder,
    TMPDIR: folder,
    port: '0',
    metrics_port: '0',
    healthcheck_interval: '20ms',
    native_fork: process.env['native_fork'], // so that the tests can be run for either way to start a process
  };
  return Object.fromEntries(
    Object.entries({ ...defaults, ...variables }).filter(([, value]) => value !== undefined),
  );
}
