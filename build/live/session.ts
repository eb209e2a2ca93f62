import { join, relative, resolve } from 'node:path';
import { BUILD_FOLDER } from '../context/build-context.ts';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import { isSameEntry, type FunctionEntry, type Stack } from '../stack/functions.ts';
import { readStack } from '../stack/read.ts';
import { TEMPLATE_FOLDER } from '../template/language.ts';
import type { StepList } from '../terminal/steps.ts';
import { watchChanges } from './changes.ts';
import { DebuggerPort } from './debugger-port.ts';
import { Front } from './front.ts';
import { FunctionRunner } from './function-runner.ts';
import { InstalledPackages } from './installed-packages.ts';
import { writePreload } from './launch.ts';
import type { Reporter } from './reporter.ts';

export interface SessionOptions {
  readonly stack: Stack;
  readonly entries: readonly FunctionEntry[];
  /** The first function's port; undefined for 8080 or the next that is free. */
  readonly port: number | undefined;
  /** The first function's debugger port; true for 9229 or the next that is free. */
  readonly inspect: number | true | undefined;
  readonly variables: Readonly<Record<string, string>>;
  readonly watchdog: string;
  readonly watch: boolean;
}

const FIRST_PORT = 8080;
const FIRST_DEBUGGER_PORT = 9229;
const PORTS_TRIED = 50;

/** The functions of a stack while they run. */
export class Session {
  readonly #host: Host;
  readonly #options: SessionOptions;
  readonly #reporter: Reporter;
  readonly #runners: FunctionRunner[] = [];
  readonly #unwatch: (() => Promise<void>)[] = [];
  #starting: Promise<void> = Promise.resolve();

  constructor(host: Host, options: SessionOptions, reporter: Reporter) {
    this.#host = host;
    this.#options = options;
    this.#reporter = reporter;
  }

  /**
   * Takes the ports, then starts every function, and watches its files.
   * @throws KitError the first failure; call `stop` then as well
   */
  start(steps: StepList): Promise<void> {
    this.#starting = this.#start(steps);
    return this.#starting;
  }

  async #start(steps: StepList): Promise<void> {
    const packages = new InstalledPackages(this.#host.cwd);
    const preload = await writePreload(this.#host.cwd);
    const { entries, stack, variables, watchdog, watch } = this.#options;
    const fronts = await takePorts(Front, entries.length, this.#options.port, FIRST_PORT);
    const debuggers = await this.#takeDebuggerPorts().catch((error: unknown) => {
      for (const front of fronts) front.destroy();
      throw error;
    });
    for (const [index, entry] of entries.entries()) {
      const front = fronts[index];
      if (!front) continue;
      const ends = { front, debuggerPort: debuggers[index] };
      const options = { packages, copy: stack.copy, variables, watchdog, preload };
      this.#runners.push(new FunctionRunner(this.#host, entry, options, ends, this.#reporter));
    }
    // From here on no change is missed: one that comes before its function is ready reloads it then.
    if (watch) await this.#watch();
    this.#host.interrupted.throwIfAborted();
    const started = await Promise.allSettled(
      this.#runners.map((runner) =>
        steps.run(`${runner.entry.name}: ${runner.entry.lang}`, (tell) => runner.start(tell)),
      ),
    );
    this.#host.interrupted.throwIfAborted();
    for (const result of started) if (result.status === 'rejected') throw result.reason;
  }

  /** Answers what is in flight and ends everything; leaves no process and no port. */
  async stop(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.stop()));
    // An interrupted start may only now have come to its end, with more to close.
    await this.#starting.catch(() => undefined);
    await Promise.all(this.#runners.map((runner) => runner.stop()));
    await Promise.all(this.#unwatch.map((close) => close()));
  }

  async kill(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.kill()));
  }

  async #takeDebuggerPorts(): Promise<DebuggerPort[]> {
    const { inspect, entries } = this.#options;
    if (inspect === undefined) return [];
    const first = inspect === true ? undefined : inspect;
    return takePorts(DebuggerPort, entries.length, first, FIRST_DEBUGGER_PORT);
  }

  async #watch(): Promise<void> {
    const { cwd } = this.#host;
    for (const runner of this.#runners) {
      const { handler, lang, environmentFile } = runner.entry;
      const paths = [handler, join(TEMPLATE_FOLDER, lang), ...environmentFile, ...this.#options.stack.copy];
      const close = await watchChanges(
        paths.map((path) => resolve(cwd, path)),
        () => runner.reload(),
        {
          // Of a handler that is the project itself: what ofkit writes there is no change.
          except: [join(cwd, BUILD_FOLDER)],
          onAway: (path) => {
            const shown = relative(cwd, path);
            this.#reporter.note(
              runner.entry.name,
              `${shown} is away: the code that runs goes on, and is reloaded when ${shown} is back`,
            );
          },
        },
      );
      this.#unwatch.push(close);
    }
    const { file } = this.#options.stack;
    this.#unwatch.push(await watchChanges([resolve(cwd, file)], () => void this.#reloadStack(file)));
  }

  /** A change of stack.yaml reloads the functions whose entry changed. */
  async #reloadStack(file: string): Promise<void> {
    try {
      const stack = await readStack(this.#host, file);
      for (const runner of this.#runners) {
        const entry = stack.functions.find(({ name }) => name === runner.entry.name);
        if (entry && !isSameEntry(entry, runner.entry)) runner.reload(entry);
      }
    } catch (error) {
      for (const runner of this.#runners) this.#reporter.failed(runner.entry.name, error);
    }
  }
}

/**
 * Takes as many ports in a row as there are functions.
 * @param given the first; 0 for any; undefined for `usual`, or the next that is free
 */
async function takePorts<T extends { port: number; close: (deadlineMs: number) => unknown }>(
  kind: { listen: (port: number) => Promise<T> },
  count: number,
  given: number | undefined,
  usual: number,
): Promise<T[]> {
  const taken: T[] = [];
  try {
    let port = given ?? usual;
    while (taken.length < count) {
      try {
        taken.push(await kind.listen(port));
      } catch (error) {
        const tryNext = given === undefined && port < usual + PORTS_TRIED;
        if (!tryNext || !(error instanceof KitError && error.code === 'PORT_TAKEN')) throw error;
      }
      if (given !== 0) port += 1;
    }
  } catch (error) {
    for (const end of taken) void end.close(0);
    throw error;
  }
  return taken;
}
