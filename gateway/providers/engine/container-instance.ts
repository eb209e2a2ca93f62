import { setTimeout as sleep } from 'node:timers/promises';
import { CpuAverage } from '../instances/cpu-average.ts';
import { LastLines, type Instance, type InstanceUsage } from '../instances/instance.ts';
import { probe } from '../instances/probe.ts';
import type { ProbeSettings } from '../instances/probe-settings.ts';
import { EngineError, type EngineClient } from './client/engine-client.ts';
import { containerHealth, containerReadiness, type ProbeRules } from './container-probes.ts';
import type { EngineLink } from './engine-link.ts';
import type { HealthCommand } from './health-command.ts';
import { LogFollower, type KnownLine } from './log-follower.ts';
import { CONTAINER, STATS, type Container } from './engine-answers.ts';

export interface ContainerInstanceOptions {
  /** The instance's name, in log lines. */
  readonly id: string;
  /** The engine's id of the container. */
  readonly container: string;
  readonly host: string;
  readonly port: number;
  readonly link: EngineLink;
  readonly rules: ProbeRules;
  readonly healthCommand: HealthCommand | undefined;
  /** limits.memory of the deployment, for messages. */
  readonly memoryLimit: string | undefined;
  readonly startedAt: number;
  readonly knownLines: readonly KnownLine[];
  readonly onLine: (line: string) => void;
  /** Called when the container is about to be removed. */
  readonly onRemove: () => void;
}

/** How long the last lines of a container that has ended are waited for, in milliseconds. */
const LAST_LINES_MS = 2000;
/** The pause before a stream of lines that broke off is opened again, in milliseconds. */
const AGAIN_MS = 1000;
const LOOK_WITHIN_MS = 10_000;
/** How long the engine may take to stop a container, beyond the time that the container has, in milliseconds. */
const STOP_SLACK_MS = 10_000;
const REMOVE_WITHIN_MS = 30_000;
/** The exit status of a process that SIGKILL has ended. */
const KILLED = 137;

/** An instance of a function as a container of an engine. */
export class ContainerInstance implements Instance {
  readonly id: string;
  readonly container: string;
  readonly host: string;
  readonly port: number;
  readonly ended: Promise<string>;
  readonly #options: ContainerInstanceOptions;
  readonly #lines = new LastLines();
  readonly #cpu: CpuAverage;
  readonly #listeners: (() => void)[] = [];
  readonly #end = new AbortController();
  readonly #following: Promise<void>;
  #looking: Promise<void> | undefined;
  #isAlive = true;
  #endedBy: string | undefined;
  #tellEnd: (how: string) => void = () => undefined;

  constructor(options: ContainerInstanceOptions) {
    this.#options = options;
    this.id = options.id;
    this.container = options.container;
    this.host = options.host;
    this.port = options.port;
    this.#cpu = new CpuAverage(options.startedAt);
    const told = new Promise<string>((resolve) => (this.#tellEnd = resolve));
    this.#following = this.#follow();
    this.ended = told.then(async (how) => {
      await Promise.race([this.#following, sleep(LAST_LINES_MS, undefined, { ref: false })]);
      this.#end.abort(new Error('the container has ended'));
      return how;
    });
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get endedBy(): string | undefined {
    return this.#endedBy;
  }

  get lastLines(): readonly string[] {
    return this.#lines.lines;
  }

  onceGone(listener: () => void): void {
    if (this.#isAlive) this.#listeners.push(listener);
    else listener();
  }

  async isReady({ path, timeout }: ProbeSettings): Promise<boolean> {
    const ask = (at: string): Promise<number | undefined> => probe(this, at, timeout);
    return containerReadiness(this.#options.rules, path, ask, () => this.#isWell());
  }

  async isHealthy({ path, timeout }: ProbeSettings): Promise<boolean> {
    const ask = (at: string): Promise<number | undefined> => probe(this, at, timeout);
    return containerHealth(this.#options.rules, path, ask, () => this.#isWell());
  }

  async stop(deadlineMs: number): Promise<void> {
    if (this.#isAlive) {
      const query = { t: String(Math.ceil(deadlineMs / 1000)) };
      const path = `/containers/${this.container}/stop`;
      // If the engine is away or too slow, the container is removed when the engine lists it again.
      await this.#client
        ?.send('POST', path, { query, timeout: deadlineMs + STOP_SLACK_MS }, [304, 404])
        .catch(() => undefined);
    }
    await this.kill();
  }

  async kill(): Promise<void> {
    this.#options.onRemove();
    const query = { force: 'true', v: 'true' };
    await this.#client
      ?.send('DELETE', `/containers/${this.container}`, { query, timeout: REMOVE_WITHIN_MS }, [404, 409])
      .catch(() => undefined);
    this.#gone('it was removed', undefined);
    await this.ended;
  }

  async measure(): Promise<InstanceUsage> {
    const query = { stream: 'false', 'one-shot': 'true' };
    const client = this.#client;
    if (!client || !this.#isAlive) return { cpu: 0, bytes: 0 };
    try {
      const path = `/containers/${this.container}/stats`;
      const { cpu_stats: cpu, memory_stats: memory } = await client.read('GET', path, STATS, { query });
      // The page cache does not count, as the kernel can free it at any time.
      const files = memory.stats['inactive_file'] ?? memory.stats['total_inactive_file'] ?? 0;
      const cpuSeconds = cpu.cpu_usage.total_usage / 1e9;
      const average = this.#cpu.add(cpuSeconds, Date.now());
      return { cpu: average, bytes: Math.max(0, memory.usage - files), cpuSeconds };
    } catch {
      return { cpu: 0, bytes: 0 }; // the container has ended meanwhile, or the engine does not answer
    }
  }

  /** Asks the engine whether the container has ended. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** Notes that the engine no longer knows the container. */
  isMissing(): void {
    this.#gone('it was removed from the engine', 'its container was removed from the engine');
  }

  get #client(): EngineClient | undefined {
    return this.#options.link.lastClient;
  }

  #isWell(): Promise<boolean> | undefined {
    const client = this.#client;
    // while the engine is away, nothing is known to be wrong
    if (!client || this.#options.link.away !== undefined) return Promise.resolve(true);
    return this.#options.healthCommand?.isWell(client, performance.now());
  }

  async #look(): Promise<void> {
    const client = this.#client;
    if (!this.#isAlive || !client) return;
    const path = `/containers/${this.container}/json`;
    let state: Container['State'];
    try {
      state = (await client.read('GET', path, CONTAINER, { timeout: LOOK_WITHIN_MS })).State;
    } catch (thrown) {
      if (thrown instanceof EngineError && thrown.status === 404) this.isMissing();
      return;
    }
    if (state.Running || state.Status === 'created') return;
    this.#gone(state.Error || `exit status ${state.ExitCode}`, this.#killerOf(state));
  }

  /**
   * @returns why the container was killed; undefined where it ended by itself. Not every engine notices an OOM kill.
   */
  #killerOf({ OOMKilled, ExitCode }: Container['State']): string | undefined {
    const { memoryLimit } = this.#options;
    const limit =
      memoryLimit === undefined ? 'memory than there is' : `memory than its limit of ${memoryLimit}`;
    if (OOMKilled) return `it needed more ${limit}, and was killed (OOM)`;
    if (ExitCode !== KILLED) return undefined;
    return memoryLimit === undefined
      ? `it was killed (exit status ${ExitCode})`
      : `it was killed (exit status ${ExitCode}), probably as it needed more ${limit} (OOM)`;
  }

  #gone(how: string, by: string | undefined): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#endedBy = by;
    for (const listener of this.#listeners) listener();
    this.#tellEnd(how);
  }

  /** Reads the lines until the container has ended, and once more if the engine was away meanwhile. */
  async #follow(): Promise<void> {
    const { link, container, knownLines, onLine } = this.#options;
    const { signal } = this.#end;
    const follower = new LogFollower(container, knownLines, (line) => {
      this.#lines.push(line);
      onLine(line);
    });
    while (!signal.aborted) {
      try {
        const client = await link.untilUp(signal);
        const isLast = !this.#isAlive;
        await follower.follow(client, signal);
        if (isLast) return;
        await this.look();
        if (!this.#isAlive) return;
      } catch {
        if (!this.#isAlive) return;
      }
      await sleep(AGAIN_MS, undefined, { ref: false, signal }).catch(() => undefined);
    }
  }
}
