import { KitError } from '../errors.ts';
import { removeFolder } from '../files/temporary.ts';
import type { Host } from '../host.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import type { DebuggerPort } from './debugger-port.ts';
import type { Front } from './front.ts';
import { Generations } from './generations.ts';
import type { InstalledPackages } from './installed-packages.ts';
import type { Instance } from './instance.ts';
import { launchInstance, makeTemporary } from './launch.ts';
import { prepareGeneration, type Prepared } from './prepare.ts';
import type { Reporter } from './reporter.ts';
import type { InstanceLine } from './watchdog-lines.ts';

export interface RunnerOptions {
  readonly packages: InstalledPackages;
  readonly copy: readonly string[];
  /** What --env gave. */
  readonly variables: Readonly<Record<string, string>>;
  readonly watchdog: string;
  readonly preload: string;
}

/** A generation with its instance. */
interface Running {
  readonly prepared: Prepared;
  readonly temporary: string;
  instance: Instance;
  readonly started: number;
  debuggerPort: number | undefined;
}

/** How long a former instance may take to answer what it got. */
const DRAIN_MS = 60_000;
const STOP_MS = 10_000;
/** A function that ends sooner than this is not started again before it is changed. */
const SHORTEST_LIFE_MS = 2000;

/** One function of `ofkit run`: its front, the instance behind it, and the way from one instance to the next. */
export class FunctionRunner {
  readonly #host: Host;
  readonly #options: RunnerOptions;
  readonly #front: Front;
  readonly #debugger: DebuggerPort | undefined;
  readonly #reporter: Reporter;
  readonly #generations: Generations;
  readonly #stopping = new AbortController();
  /** The current one, and those that still answer what they got. */
  readonly #instances = new Set<Instance>();
  readonly #retiring = new Set<Promise<void>>();
  #entry: FunctionEntry;
  #current: Running | undefined;
  #work: Promise<void> = Promise.resolve();
  #reloadWanted = false;

  constructor(
    host: Host,
    entry: FunctionEntry,
    options: RunnerOptions,
    ends: { front: Front; debuggerPort: DebuggerPort | undefined },
    reporter: Reporter,
  ) {
    this.#host = host;
    this.#entry = entry;
    this.#options = options;
    this.#front = ends.front;
    this.#debugger = ends.debuggerPort;
    this.#reporter = reporter;
    this.#generations = new Generations(host.cwd, entry.name);
  }

  get entry(): FunctionEntry {
    return this.#entry;
  }

  /**
   * Starts the first instance.
   * @throws KitError where it cannot be compiled or does not start
   */
  start(onStep: (step: string) => void): Promise<void> {
    const started = this.#startFirst(onStep);
    this.#work = started.catch(() => undefined);
    return started;
  }

  async #startFirst(onStep: (step: string) => void): Promise<void> {
    await this.#generations.open();
    const first = await this.#startNext(onStep, () => undefined);
    this.#become(first);
    for (const text of first.prepared.unfollowed) this.#reporter.note(this.#entry.name, text);
    const address = this.#debugger && `127.0.0.1:${this.#debugger.port}`;
    this.#reporter.ready(
      this.#entry.name,
      `http://127.0.0.1:${this.#front.port}`,
      address,
      first.instance.mode,
    );
  }

  /** Starts the code as it is now beside the old, which goes on where that fails. Changes meanwhile lead to one more. */
  reload(entry = this.#entry): void {
    this.#entry = entry;
    if (this.#reloadWanted) return;
    this.#reloadWanted = true;
    this.#work = this.#work.then(async () => {
      this.#reloadWanted = false;
      if (this.#stopping.signal.aborted) return;
      const began = performance.now();
      try {
        await this.#replace();
        this.#reporter.reloaded(this.#entry.name, performance.now() - began);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#reporter.failed(this.#entry.name, error);
        this.#reporter.note(
          this.#entry.name,
          this.#current ? 'the old code goes on' : 'save a change to try again',
        );
      }
    });
  }

  /** Answers what is in flight and ends everything. */
  async stop(): Promise<void> {
    this.#stopping.abort(new KitError('INTERRUPTED', 'the functions are being stopped'));
    await this.#front.close(STOP_MS);
    this.#debugger?.close();
    await this.#work;
    const current = this.#current;
    this.#current = undefined;
    await Promise.all([...this.#retiring, current && this.#retire(current)]);
  }

  /** Ends everything at once. */
  async kill(): Promise<void> {
    this.#stopping.abort(new KitError('INTERRUPTED', 'ended at once'));
    this.#front.destroy();
    this.#debugger?.close();
    await Promise.all([...this.#instances].map((instance) => instance.kill()));
  }

  async #replace(): Promise<void> {
    const former = this.#current;
    const next = await this.#startNext(
      () => undefined,
      // A server that listens where it likes can only follow the former one.
      async () => {
        this.#current = undefined;
        await this.#front.handOver(undefined, DRAIN_MS);
        await former?.instance.stop(STOP_MS);
      },
    ).catch(async (error: unknown) => {
      if (former && !this.#current && !this.#stopping.signal.aborted)
        this.#become(await this.#launch(former.prepared, former.temporary));
      throw error;
    });
    this.#become(next, former);
  }

  /** Compiles and starts the code as it is. `beforeFixedPort` frees the port of a function that does not choose it. */
  async #startNext(
    onStep: (step: string) => void,
    beforeFixedPort: () => void | Promise<void>,
  ): Promise<Running> {
    const inspect = this.#debugger !== undefined;
    const { copy, packages } = this.#options;
    const options = { generations: this.#generations, packages, copy, inspect, onStep };
    const prepared = await prepareGeneration(this.#host, this.#entry, options);
    let temporary: string | undefined;
    try {
      temporary = await makeTemporary(this.#host, this.#entry);
      onStep('start');
      if (!prepared.choosesPort) await beforeFixedPort();
      return await this.#launch(prepared, temporary);
    } catch (error) {
      await removeFolder(prepared.folder);
      if (temporary) await removeFolder(temporary);
      throw error;
    }
  }

  async #launch(prepared: Prepared, temporary: string): Promise<Running> {
    const running: { debuggerPort: number | undefined } = { debuggerPort: undefined };
    const { name } = this.#entry;
    const options = {
      ...this.#options,
      inspect: this.#debugger !== undefined,
      onLine: (line: InstanceLine) => this.#reporter.line(name, line),
      onDebugger: (port: number) => {
        running.debuggerPort = port;
        if (this.#current === running) this.#debugger?.switchTo(port);
      },
    };
    const { signal } = this.#stopping;
    const instance = await launchInstance(this.#host, this.#entry, prepared, temporary, options, signal);
    this.#instances.add(instance);
    void instance.ended.then(() => this.#instances.delete(instance));
    return Object.assign(running, { prepared, temporary, instance, started: performance.now() });
  }

  #become(next: Running, former?: Running): void {
    this.#current = next;
    const drained = this.#front.handOver(next.instance.port, DRAIN_MS);
    this.#debugger?.switchTo(next.debuggerPort);
    void next.instance.ended.then((how) => this.#onEnd(next, how));
    if (former) this.#track(drained.then(() => this.#retire(former)));
  }

  /** A function that ends by itself is started again, as the platform would. */
  #onEnd(running: Running, how: string): void {
    if (this.#current !== running || this.#stopping.signal.aborted) return;
    this.#current = undefined;
    this.#front.switchTo(undefined);
    this.#debugger?.switchTo(undefined);
    this.#track(this.#retire(running));
    const again = performance.now() - running.started > SHORTEST_LIFE_MS;
    const next = again ? 'it is started again' : 'save a change to start it again';
    this.#reporter.note(this.#entry.name, `the function ended (${how}): ${next}`);
    if (again) this.reload();
  }

  async #retire({ prepared, temporary, instance }: Running): Promise<void> {
    await instance.stop(STOP_MS);
    await removeFolder(prepared.folder);
    await removeFolder(temporary);
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#retiring.delete(tracked));
    this.#retiring.add(tracked);
  }
}
