import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Environment } from '../../../common/settings/read.ts';
import { GatewayError } from '../../errors.ts';
import type { Deployment } from '../../functions/deployment.ts';
import type { ContainerRecord, VersionRecord } from '../../state/function-store.ts';
import type { SecretStore } from '../../state/secret-store.ts';
import type { Runner } from '../instances/runner.ts';
import { SecretsFolder } from '../instances/secrets-folder.ts';
import type { FunctionVersion } from '../instances/function-version.ts';
import { EngineError, type EngineClient } from './client/engine-client.ts';
import { checkLabels } from './labels.ts';
import { ContainerVersion } from './container-version.ts';
import type { EngineContext } from './engine-context.ts';
import { EngineLink, type EngineInfo } from './engine-link.ts';
import { Images, type PullPolicy } from './images.ts';
import { Networks } from './networks.ts';
import { networkOwner, ownContainer, pathForEngine } from './own-container.ts';
import { decideReach, publishAt, publishedHost, type Reach } from './reach.ts';
import { Roster } from './roster.ts';
import { makeSecretsPlace, tidySecrets } from './secrets-place.ts';
import { stateId } from './state-id.ts';
import type { Container } from './engine-answers.ts';

export interface EngineRunnerOptions {
  readonly stateFolder: string;
  readonly environment: Environment;
  readonly secrets: SecretStore;
  /** The setting engine_host; '' to look for an engine. */
  readonly address: string;
  /** Whether the gateway can also run functions without an engine, so that it need not warn of a missing one. */
  readonly isOptional: boolean;
  readonly reach: Reach | 'auto';
  readonly pullPolicy: PullPolicy;
  readonly profiles: ReadonlyMap<string, string>;
  readonly user: string;
  readonly listenAt: (host: string) => Promise<void>;
  readonly warn: (line: string) => void;
}

/** Runs functions as containers of a Docker-compatible engine. */
export class EngineRunner implements Runner {
  readonly orchestration = 'containers';
  readonly #options: EngineRunnerOptions;
  readonly #context: EngineContext;
  readonly #state: string;
  #own: Container | undefined;
  #reach: Reach = 'address';
  /** Whether it was told that others reach functions too. */
  #hasWarned = false;

  /** @throws GatewayError STORAGE_FAILED */
  static async create(options: EngineRunnerOptions): Promise<EngineRunner> {
    return new EngineRunner(options, await stateId(options.stateFolder));
  }

  private constructor(options: EngineRunnerOptions, state: string) {
    const { environment, warn } = options;
    this.#options = options;
    this.#state = state;
    const roster = new Roster(warn, () => performance.now());
    const networks = new Networks(this.#state);
    this.#context = {
      state: this.#state,
      link: new EngineLink({
        address: options.address,
        environment,
        state: this.#state,
        isNeeded: !options.isOptional,
        warn,
        onUp: (client, info) => this.#onUp(client, info),
        onList: (client, listed) => {
          roster.onList(client, listed);
          networks.sweep(client, roster.namespaces).catch(() => undefined); // the next list tries again
        },
        onEvent: (event) => roster.onEvent(event),
      }),
      images: new Images(options.pullPolicy, environment),
      networks,
      roster,
      profiles: options.profiles,
      user: options.user,
      reach: () => this.#reach,
      pathForEngine: (path) => this.#pathForEngine(path),
      listenAt: options.listenAt,
    };
  }

  /** Whether there is an engine, even if it does not answer at the moment. */
  get isThere(): boolean {
    return this.#context.link.isFound;
  }

  async open(): Promise<void> {
    await this.#context.link.start();
  }

  takenUp(): void {
    const { link, roster } = this.#context;
    roster.takenUp(link.away === undefined ? link.client : undefined);
    void tidySecrets(this.#options.stateFolder, this.#state, roster.generations).catch(() => undefined);
  }

  async close(): Promise<void> {
    const { link, networks } = this.#context;
    if (link.away === undefined) await networks.removeAll(link.client).catch(() => undefined);
    await link.stop();
    await tidySecrets(this.#options.stateFolder, this.#state, new Set());
  }

  checkHealth(): Promise<void> {
    return Promise.resolve(void this.#context.link.client);
  }

  async check(deployment: Deployment): Promise<VersionRecord> {
    checkLabels(deployment);
    const { link, images } = this.#context;
    try {
      const { Id } = await images.obtain(link.client, deployment.image);
      return { deployment, container: { image: Id, generation: randomBytes(8).toString('hex') } };
    } catch (thrown) {
      if (!(thrown instanceof EngineError)) throw thrown;
      const text = `the container engine could not look up the image ${deployment.image}: ${thrown.message}`;
      throw new GatewayError('PROVIDER_UNAVAILABLE', text, { cause: thrown });
    }
  }

  async make(record: VersionRecord): Promise<FunctionVersion> {
    const { deployment } = record;
    const container: ContainerRecord = record.container ?? { image: '', generation: '' };
    const hasSecrets = deployment.secrets.length > 0;
    const { stateFolder } = this.#options;
    const secrets = new SecretsFolder({
      path: hasSecrets ? join(await makeSecretsPlace(stateFolder, this.#state), container.generation) : '',
      namespace: deployment.namespace,
      names: deployment.secrets,
      store: this.#options.secrets,
      isForAll: true,
    });
    if (hasSecrets) await secrets.create();
    return new ContainerVersion({ ...record, container }, this.#context, secrets);
  }

  async #onUp(client: EngineClient, info: EngineInfo): Promise<void> {
    this.#own = await ownContainer(client);
    const beside = this.#own && networkOwner(this.#own);
    this.#reach = decideReach(this.#options.reach, {
      address: client.address,
      info,
      isBeside: beside !== undefined,
      platform: process.platform,
    });
    if (this.#reach === 'port' && publishAt(client.address) === '' && !this.#hasWarned) {
      this.#hasWarned = true;
      this.#options.warn(
        `functions take calls at ports of ${publishedHost(client.address)}, from everybody who reaches it: keep others out by a firewall there`,
      );
    }
    this.#context.networks.forget(this.#reach === 'network' ? beside : undefined);
  }

  /** @throws Error where the engine cannot see the files of the gateway's container */
  #pathForEngine(path: string): string | undefined {
    if (this.#context.link.client.address.socketPath === undefined) return undefined;
    const known = pathForEngine(path, this.#own);
    if (known !== undefined) return known;
    throw new Error(
      `its secrets are in ${path}, which the engine cannot see: mount a volume at ${this.#options.stateFolder}`,
    );
  }
}
