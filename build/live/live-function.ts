import { readGivenUpLine } from '../../common/status-notes.ts';
import { KitError } from '../errors.ts';
import type { FunctionLine, GatewayClient } from '../gateway-client/client.ts';
import { deployAll, putSecrets } from '../gateway-client/deploy.ts';
import { deploymentOf, type DeploymentBody } from '../gateway-client/deployment.ts';
import { functionUrl } from '../gateway-client/function-names.ts';
import type { PortRow } from '../gateway-client/port-row.ts';
import { outcomeOfStart } from '../gateway-client/readiness.ts';
import type { Project } from '../project.ts';
import { withOriginalPaths, type Origins } from '../prepare/source-places.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import { FunctionFailed } from './function-failed.ts';
import type { FunctionMaker, MadeFunction } from './function-maker.ts';
import { LineFollower } from './line-follower.ts';
import type { InTurn } from './one-at-a-time.ts';
import type { Reporter } from './reporter.ts';

export interface LiveOptions {
  readonly make: FunctionMaker;
  /** The variables of --env. */
  readonly variables: Readonly<Record<string, string>>;
  /** The name of the function's image. */
  readonly image: string;
  /** Resolves to the gateway once it runs. */
  readonly gateway: Promise<GatewayClient>;
  /** Runs one deployment at a time, because functions share secrets. */
  readonly inTurn: InTurn;
  /** Hands out a new port where a different program has taken the function's port meanwhile. */
  readonly ports: PortRow;
}

/** How many former versions may still write: the paths in their lines are replaced by the user's files. */
const VERSIONS_KNOWN = 8;

/** One function of `ofkit run` or `ofkit up`. It is built and deployed to the gateway, again with each change. */
export class LiveFunction {
  readonly #project: Project;
  readonly #options: LiveOptions;
  readonly #debuggerPort: number | undefined;
  readonly #reporter: Reporter;
  readonly #stopping = new AbortController();
  #entry: FunctionEntry;
  #port: number;
  #lines: LineFollower | undefined;
  #origins: Origins[] = [];
  readonly #unfollowed = new Set<string>();
  #deployed: DeploymentBody | undefined;
  #work: Promise<void> = Promise.resolve();
  #isStarting = false;
  #reloadWanted = false;

  /** @param ports the function's own ports: for its requests, and for a debugger if the user wants one */
  constructor(
    project: Project,
    entry: FunctionEntry,
    options: LiveOptions,
    ports: { readonly requests: number; readonly debugger: number | undefined },
    reporter: Reporter,
  ) {
    this.#project = project;
    this.#entry = entry;
    this.#options = options;
    this.#port = ports.requests;
    this.#debuggerPort = ports.debugger;
    this.#reporter = reporter;
  }

  get entry(): FunctionEntry {
    return this.#entry;
  }

  /**
   * Starts the function for the first time.
   * @throws KitError where it cannot be compiled or does not start
   */
  start(onStep: (step: string) => void): Promise<void> {
    const started = this.#startFirst(onStep);
    this.#work = started.catch(() => undefined);
    return started;
  }

  async #startFirst(onStep: (step: string) => void): Promise<void> {
    const made = await this.#bringUp(onStep);
    const { url } = await this.#options.gateway;
    const { envVars = {}, namespace = '', service: name = '' } = this.#deployed ?? {};
    this.#reporter.ready(this.#entry.name, {
      url: `http://127.0.0.1:${this.#port}`,
      gatewayUrl: functionUrl(url, { name, namespace }),
      debuggerAddress: this.#debuggerPort === undefined ? undefined : `127.0.0.1:${this.#debuggerPort}`,
      mode: made.told(envVars['mode']),
    });
  }

  /** Builds and starts the present code. The old code goes on until then, and where that fails. Later changes wait. */
  reload(entry = this.#entry): void {
    this.#entry = entry;
    if (this.#reloadWanted) return;
    this.#reloadWanted = true;
    this.#work = this.#work.then(async () => {
      this.#reloadWanted = false;
      if (this.#stopping.signal.aborted) return;
      const began = performance.now();
      try {
        await this.#bringUp(() => undefined);
        this.#reporter.reloaded(this.#entry.name, performance.now() - began);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#reporter.failed(this.#entry.name, error);
        this.#reporter.note(this.#entry.name, 'the old code goes on');
      }
    });
  }

  /** Gives the gateway the present secrets. Running instances read them at once. */
  async refreshSecrets(): Promise<void> {
    const deployed = this.#deployed;
    if (!deployed) return;
    const { gateway, inTurn } = this.#options;
    try {
      const client = await gateway;
      await inTurn(() => putSecrets(this.#project, client, [deployed]));
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#reporter.failed(this.#entry.name, error);
    }
  }

  /** Removes it from the gateway, which answers requests in flight. Resolves when it has ended and its last line came. */
  async stop(): Promise<void> {
    this.#stopping.abort(new KitError('INTERRUPTED', 'the functions are being stopped'));
    const before = this.#deployed;
    await this.#remove();
    await this.#work;
    if (this.#deployed !== before) await this.#remove(); // a deployment was under way
    await this.#lines?.ended;
  }

  async #remove(): Promise<void> {
    if (!this.#deployed) return;
    const { service, namespace } = this.#deployed;
    await (await this.#options.gateway).remove(service, namespace);
  }

  /** Builds the present code, deploys it, and waits until it serves. */
  async #bringUp(onStep: (step: string) => void): Promise<MadeFunction> {
    const { signal } = this.#stopping;
    const { make, image } = this.#options;
    const made = await make({ entry: this.#entry, image, onStep });
    this.#tellUnfollowed(made.notes);
    if (made.origins) this.#origins = [made.origins, ...this.#origins].slice(0, VERSIONS_KNOWN);
    onStep('start');
    const client = await this.#options.gateway;
    signal.throwIfAborted();
    const givenUp = this.#lines?.isOver === false ? this.#lines.givenUp : 0;
    this.#isStarting = true;
    try {
      const deployment = await this.#options.inTurn(() => this.#deploy(client, image));
      const lines = this.#follow(client, deployment);
      const failure = await outcomeOfStart(client, deployment, signal);
      if (!failure) return made;
      await lines.untilGivenUp(givenUp);
      throw new FunctionFailed(this.#entry.name, failure);
    } finally {
      this.#isStarting = false;
    }
  }

  /** Notes the instructions that were not followed, each once, before the start that may fail for want of them. */
  #tellUnfollowed(lines: readonly string[]): void {
    for (const line of lines) {
      if (this.#unfollowed.has(line)) continue;
      this.#unfollowed.add(line);
      this.#reporter.note(this.#entry.name, line);
    }
  }

  /** Gives the lines of the function. They are followed from the start again where somebody has removed it meanwhile. */
  #follow(client: GatewayClient, { service: name, namespace }: DeploymentBody): LineFollower {
    if (!this.#lines || this.#lines.isOver) {
      const query = { follow: true, tail: undefined, since: undefined };
      this.#lines = new LineFollower(client.logs({ name, namespace }, query), this.#onLine);
    }
    return this.#lines;
  }

  async #deploy(client: GatewayClient, image: string): Promise<DeploymentBody> {
    const { variables, ports } = this.#options;
    for (;;) {
      const options = { variables, inspect: this.#debuggerPort ?? false, ownPort: this.#port };
      const deployment = await deploymentOf(this.#project, this.#entry, image, options);
      if (this.#deployed && this.#deployed.namespace !== deployment.namespace) {
        await this.#remove();
        await this.#lines?.ended;
      }
      try {
        await deployAll(this.#project, client, [deployment], [this.#entry]);
        this.#deployed = deployment;
        return deployment;
      } catch (error) {
        const isTaken = error instanceof KitError && error.code === 'PORT_TAKEN';
        if (!isTaken || ports.isGiven || this.#deployed || this.#debuggerPort !== undefined) throw error;
        this.#port = await ports.take();
      }
    }
  }

  readonly #onLine = ({ kind, text }: FunctionLine): void => {
    const { name } = this.#entry;
    if (kind === 'gateway') return this.#onGateway(text);
    const told = this.#origins.reduce(withOriginalPaths, text);
    if (kind === undefined) this.#reporter.line(name, { from: 'function', text: told });
    else this.#reporter.line(name, { from: 'watchdog', text: told, isQuiet: kind === 'watchdog' });
  };

  /** Notes that a function has ended by itself: the gateway starts it again, as the platform would. */
  #onGateway(text: string): void {
    const reason = readGivenUpLine(text);
    if (reason === undefined || this.#stopping.signal.aborted) return;
    const ended = /^it ended by itself \((.*)\)$/.exec(reason);
    if (!ended && this.#isStarting) return; // #bringUp waits for the start and tells of it
    const what = ended ? `the function ended (${ended[1] ?? ''})` : reason;
    this.#reporter.note(this.#entry.name, `${what}: it is started again`);
  }
}
