import { join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUILD_FOLDER } from '../context/build-context.ts';
import type { Engine } from '../engine/engine-names.ts';
import { KitError } from '../errors.ts';
import { removeFolder } from '../../common/files/remove-folder.ts';
import { GatewayClient } from '../gateway-client/client.ts';
import { PortRow } from '../gateway-client/port-row.ts';
import { stopGateway } from '../gateway-client/running-gateway.ts';
import { SECRETS_FOLDER } from '../gateway-client/secret-files.ts';
import {
  FIRST_PORT,
  gatewayLog,
  startGateway,
  type StartedGateway,
} from '../gateway-client/start-gateway.ts';
import { requireWayToRun } from '../gateway-client/required-engine.ts';
import type { Host } from '../host.ts';
import { makeTemporaryStateFolder } from '../image/state-folder.ts';
import { isSameEntry, type FunctionEntry, type Stack } from '../stack/functions.ts';
import { readStack } from '../stack/stack-file.ts';
import type { RunOptions } from '../stack/run-options.ts';
import { TEMPLATE_FOLDER } from '../template/language.ts';
import type { StepList } from '../terminal/steps.ts';
import { ChangeWatch } from './change-watch.ts';
import { engineMaker, localMaker } from './function-maker.ts';
import { liveImageName } from './image-names.ts';
import { LiveFunction } from './live-function.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { Reporter } from './reporter.ts';

/** The functions of a session. */
export interface SessionContent {
  readonly stack: Stack;
  readonly entries: readonly FunctionEntry[];
  /** Whether the gateway has the first port, and not the first function. */
  readonly gatewayFirst: boolean;
  /** The engine that builds images for containers; undefined for processes. */
  readonly engine: Engine | undefined;
}

const FIRST_DEBUGGER_PORT = 9229;
/** How long requests in flight may take at the end, in milliseconds. */
const STOP_MS = 10_000;

/** The functions of a stack while they run, behind a gateway of their own. */
export class LiveSession {
  readonly #host: Host;
  readonly #options: RunOptions;
  readonly #content: SessionContent;
  readonly #reporter: Reporter;
  readonly #functions: LiveFunction[] = [];
  readonly #watches = new Map<LiveFunction, readonly ChangeWatch[]>();
  #stackWatch: ChangeWatch | undefined;
  #reloading: Promise<void> = Promise.resolve();
  readonly #hurry = new AbortController();
  #stateFolder: string | undefined;
  #gateway: Promise<StartedGateway> | undefined;
  #starting: Promise<string> | undefined;
  #stopping: Promise<void> | undefined;
  /** Whether the gateway has ended by itself. */
  #isLost = false;

  constructor(host: Host, options: RunOptions, content: SessionContent, reporter: Reporter) {
    this.#host = host;
    this.#options = options;
    this.#content = content;
    this.#reporter = reporter;
  }

  /**
   * Takes the ports, then starts the gateway and every function, and watches its files.
   * @returns the gateway's URL
   * @throws KitError the first failure; the caller calls `stop` after it too
   */
  start(steps: StepList): Promise<string> {
    this.#starting = this.#start(steps);
    return this.#starting;
  }

  /**
   * Waits until the gateway ends by itself. Call it once the gateway runs.
   * @throws KitError UNREACHABLE then
   */
  async untilLost(): Promise<never> {
    await (
      await this.#gateway
    )?.ended;
    this.#isLost = this.#stopping === undefined;
    const output = this.#stateFolder === undefined ? '' : await gatewayLog(this.#stateFolder);
    await this.#stopping;
    throw new KitError('UNREACHABLE', 'the gateway has ended by itself: see above', { output });
  }

  /**
   * Stops everything, after requests in flight are answered or STOP_MS have passed. No process, port or file is left,
   * except a state folder whose containers a lost gateway has left.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Kills everything at once. */
  kill(): Promise<void> {
    this.#hurry.abort();
    return this.stop();
  }

  async #start(steps: StepList): Promise<string> {
    const { entries, stack, engine } = this.#content;
    const { watch, inspect, variables } = this.#options;
    const ports = await this.#takePorts();
    const debuggers = inspect === undefined ? [] : await takeDebuggerPorts(inspect, entries.length);
    const stateFolder = await makeTemporaryStateFolder(this.#host, 'up', engine !== undefined);
    this.#stateFolder = stateFolder;
    const gateway = this.#startGateway(stateFolder, ports.gateway);
    // A build takes long, and is in vain if no engine answers.
    if (engine) await requireWayToRun(await gateway, true);
    const inTurn = oneAtATime();
    const make = engine
      ? engineMaker(this.#host, engine, stack.copy)
      : localMaker(this.#host, { copy: stack.copy, stateFolder, inspect: inspect !== undefined });
    for (const [index, entry] of entries.entries()) {
      const options = {
        make,
        variables,
        image: liveImageName(entry, entries),
        gateway,
        inTurn,
        ports: ports.row,
      };
      const own = { requests: ports.functions[index] ?? 0, debugger: debuggers[index] };
      this.#functions.push(new LiveFunction(this.#host, entry, options, own, this.#reporter));
    }
    // No change is missed from here on: where its function is not ready yet, it is reloaded later.
    if (watch) await this.#watch();
    this.#host.interrupted.throwIfAborted();
    const started = await Promise.allSettled(
      this.#functions.map((one) =>
        steps.run(`${one.entry.name}: ${one.entry.lang}`, (tell) => one.start(tell)),
      ),
    );
    this.#host.interrupted.throwIfAborted();
    for (const result of started) if (result.status === 'rejected') throw result.reason;
    return (await gateway).url;
  }

  /** Starts the gateway while the functions are prepared. */
  async #startGateway(stateFolder: string, port: number): Promise<GatewayClient> {
    const { watchdog, inspect } = this.#options;
    this.#gateway = startGateway(this.#host, {
      stateFolder,
      port,
      watchdog,
      onEngine: this.#content.engine !== undefined,
      detached: false,
      unlimited: inspect !== undefined,
    });
    GatewayClient.prepare();
    const { location } = await this.#gateway;
    if (this.#content.gatewayFirst) this.#reporter.gateway(location.url);
    return GatewayClient.create(location.url, stateFolder);
  }

  async #takePorts(): Promise<{ gateway: number; functions: number[]; row: PortRow }> {
    const { gatewayFirst, entries } = this.#content;
    const { port } = this.#options;
    let row = new PortRow(port, FIRST_PORT, '--port');
    let gateway = 0;
    if (gatewayFirst && port !== 0) {
      gateway = await row.take();
      // The gateway has the port that the user names. The functions take the free ones behind it.
      row = new PortRow(undefined, gateway + 1, '--port');
    }
    const functions: number[] = [];
    while (functions.length < entries.length) functions.push(await row.take());
    return { gateway, functions, row };
  }

  async #stop(): Promise<void> {
    await this.#unwatch();
    const gateway = await this.#gateway?.catch(() => undefined);
    if (gateway) {
      const over = Promise.allSettled(this.#functions.map((one) => one.stop())).then(() => true);
      const inTime = await Promise.race([over, gateway.ended, this.#hurried(), sleep(STOP_MS, false)]);
      await stopGateway(gateway.location, inTime === true ? this.#hurry.signal : AbortSignal.abort());
    }
    // An interrupted start ends only now, and may have opened more watches.
    await this.#starting?.catch(() => undefined);
    await this.#unwatch();
    // The containers of a killed gateway go on. The next ofkit finds them by this folder, and ends them.
    const hasContainers = this.#isLost && this.#content.engine !== undefined;
    if (this.#stateFolder !== undefined && !hasContainers) await removeFolder(this.#stateFolder);
  }

  async #hurried(): Promise<void> {
    const { signal } = this.#hurry;
    if (!signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  }

  async #watch(): Promise<void> {
    for (const one of this.#functions) this.#watches.set(one, await this.#watchFiles(one, one.entry));
    const { file } = this.#content.stack;
    const reload = (): void => {
      this.#reloading = this.#reloading.then(() => this.#reloadStack(file));
    };
    this.#stackWatch = await ChangeWatch.open([resolve(this.#host.folder, file)], reload);
  }

  /** Watches the files that an entry names. */
  async #watchFiles(one: LiveFunction, entry: FunctionEntry): Promise<readonly ChangeWatch[]> {
    const { folder } = this.#host;
    const { handler, lang, environmentFile, secrets } = entry;
    const paths = [handler, join(TEMPLATE_FOLDER, lang), ...environmentFile, ...this.#content.stack.copy];
    const ofCode = await ChangeWatch.open(
      paths.map((path) => resolve(folder, path)),
      () => one.reload(),
      {
        // The handler may be the project itself. ofkit's own files there are no change.
        except: [join(folder, BUILD_FOLDER)],
        onAway: (path) => {
          const shown = relative(folder, path);
          this.#reporter.note(
            one.entry.name,
            `${shown} is away: the code that runs goes on, and is reloaded when ${shown} is back`,
          );
        },
      },
    );
    if (secrets.length === 0) return [ofCode];
    const files = secrets.map((name) => join(folder, SECRETS_FOLDER, name));
    return [ofCode, await ChangeWatch.open(files, () => void one.refreshSecrets())];
  }

  /** A change of stack.yaml reloads the functions whose entry changed, and watches the files that it names now. */
  async #reloadStack(file: string): Promise<void> {
    try {
      const stack = await readStack(this.#host, file, this.#options.envsubst);
      for (const one of this.#functions) {
        if (this.#stopping) return;
        const entry = stack.functions.find(({ name }) => name === one.entry.name);
        if (!entry)
          this.#reporter.note(one.entry.name, `${one.entry.name} is not in ${file} any more: it runs on`);
        else if (!isSameEntry(entry, one.entry)) {
          const before = this.#watches.get(one) ?? [];
          this.#watches.set(one, await this.#watchFiles(one, entry));
          await endAll(before);
          one.reload(entry);
        }
      }
    } catch (error) {
      for (const one of this.#functions) this.#reporter.failed(one.entry.name, error);
    }
  }

  async #unwatch(): Promise<void> {
    await this.#stackWatch?.close();
    await this.#reloading;
    await endAll([...this.#watches.values()].flat());
  }
}

async function endAll(watches: readonly ChangeWatch[]): Promise<void> {
  await Promise.all(watches.map((watch) => watch.close()));
}

async function takeDebuggerPorts(inspect: number | true, count: number): Promise<number[]> {
  const row = new PortRow(inspect === true ? undefined : inspect, FIRST_DEBUGGER_PORT, '--inspect');
  const ports: number[] = [];
  while (ports.length < count) ports.push(await row.take());
  return ports;
}
