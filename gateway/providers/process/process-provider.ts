import { createHash } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFolder } from '../../../common/files/remove-folder.ts';
import { findLocalImage, type FoundImage } from '../../../common/local-image.ts';
import { GatewayError } from '../../errors.ts';
import type { Deployment } from '../../functions/deployment.ts';
import { qualifiedName, type FunctionName } from '../../functions/function-name.ts';
import type { FunctionStatus } from '../../functions/function-status.ts';
import { removeUnusedRevisions } from '../../images/unused-revisions.ts';
import { LogRing } from '../../logs/log-ring.ts';
import { streamLogs } from '../../logs/log-stream.ts';
import { Rotation } from '../../routing/rotation.ts';
import { FunctionStore, type FunctionRecord, type VersionRecord } from '../../state/function-store.ts';
import { NamespaceStore } from '../../state/namespace-store.ts';
import { SecretStore } from '../../state/secret-store.ts';
import { makeStateFolder } from '../../state/storage.ts';
import type { LogLine, LogQuery, Provider, ProviderIdentity, SecretName } from '../provider.ts';
import { functionUser } from './function-users.ts';
import type { Environment } from './instance-environment.ts';
import { instanceId, type LaunchContext } from './launch.ts';
import { ManagedFunction } from './managed-function.ts';
import { preloadText } from './preload-text.ts';
import { readProbes } from './probe-settings.ts';
import { leastReplicas } from './least-replicas.ts';
import { killTree } from './process-tree.ts';
import { SecretsFolder } from './secrets-folder.ts';
import { Turnstile } from './turnstile.ts';
import { Version } from './version.ts';

export interface ProcessProviderOptions {
  readonly stateFolder: string;
  readonly defaultNamespace: string;
  /** dist/fwatchdog.js */
  readonly watchdog: string;
  /** The gateway's own environment. */
  readonly environment: Environment;
  /** `HOST:PORT` where functions reach the gateway. Asked for when the first function starts. */
  readonly gatewayAddress: () => string;
  /** Whether each function's processes run as a user of their own: root alone can do that. */
  readonly ownUsers: boolean;
  readonly version: { readonly release: string; readonly sha: string };
}

/** The variable by which processes are known that a gateway's functions have started. */
const MARKER = 'OF_GATEWAY_INSTANCE';
/** How many instances start at a time. */
const STARTS_AT_A_TIME = 4;

/** Runs local images as processes of this machine, each instance behind a watchdog of its own. */
export class ProcessProvider implements Provider {
  readonly identity: ProviderIdentity;
  readonly endpoints = new Rotation();
  readonly secrets: SecretStore;
  readonly namespaces: NamespaceStore;
  readonly #options: ProcessProviderOptions;
  readonly #store: FunctionStore;
  readonly #functions = new Map<string, ManagedFunction>();
  /** What is done to one function at a time. */
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #turnstile = new Turnstile(STARTS_AT_A_TIME);
  readonly #launch: LaunchContext;

  private constructor(
    options: ProcessProviderOptions,
    stores: { store: FunctionStore; secrets: SecretStore; namespaces: NamespaceStore },
  ) {
    this.#options = options;
    this.#store = stores.store;
    this.secrets = stores.secrets;
    this.namespaces = stores.namespaces;
    this.identity = { provider: 'of-gateway', orchestration: 'process', version: options.version };
    const runFolder = join(options.stateFolder, 'run');
    const state = createHash('sha256').update(options.stateFolder).digest('hex').slice(0, 16);
    const { environment, watchdog, gatewayAddress } = options;
    this.#launch = {
      host: {
        environment,
        watchdog,
        preload: join(runFolder, 'preload.cjs'),
        get gatewayAddress() {
          return gatewayAddress();
        },
      },
      runFolder,
      markerName: MARKER,
      markerPrefix: `${state}/`,
    };
    this.secrets.onChange = (secret) => this.#refreshSecret(secret);
    this.namespaces.onRemove = (name) => this.#empty(name);
  }

  /** @throws GatewayError STORAGE_FAILED */
  static async open(options: ProcessProviderOptions): Promise<ProcessProvider> {
    const { stateFolder, defaultNamespace } = options;
    await makeStateFolder(stateFolder);
    const store = await FunctionStore.open(stateFolder);
    const secrets = await SecretStore.open(stateFolder);
    const namespaces = await NamespaceStore.open(stateFolder, defaultNamespace);
    return new ProcessProvider(options, { store, secrets, namespaces });
  }

  async start(): Promise<void> {
    const { runFolder, markerName, markerPrefix, host } = this.#launch;
    // A gateway that was killed may have left instances behind: they end before new ones are started.
    await killTree(undefined, `${markerName}=${markerPrefix}`);
    await removeFolder(runFolder);
    await mkdir(runFolder, { recursive: true, mode: 0o711 });
    if (this.#options.ownUsers) await chmod(this.#options.stateFolder, 0o711);
    await writeFile(host.preload, preloadText, { mode: 0o644 });
    for (const record of await this.#store.readAll()) {
      const managed = await this.#manage(record);
      this.#functions.set(qualifiedName(managed.name), managed);
      managed.start();
    }
  }

  async stop(deadlineMs: number): Promise<void> {
    await Promise.all([...this.#functions.values()].map((managed) => managed.stop(deadlineMs)));
    await removeFolder(this.#launch.runFolder);
  }

  async kill(): Promise<void> {
    await Promise.all([...this.#functions.values()].map((managed) => managed.kill()));
  }

  checkHealth(): Promise<void> {
    return Promise.resolve();
  }

  async list(namespace: string): Promise<readonly FunctionStatus[]> {
    this.namespaces.require(namespace);
    return Promise.resolve(
      [...this.#functions.values()]
        .filter(({ name }) => name.namespace === namespace)
        .map((managed) => managed.status(false)),
    );
  }

  async status(name: FunctionName, { usage }: { readonly usage: boolean }): Promise<FunctionStatus> {
    this.namespaces.require(name.namespace);
    return Promise.resolve(this.#find(name).status(usage));
  }

  deploy(deployment: Deployment): Promise<void> {
    return this.#alone(deployment, async () => {
      this.namespaces.require(deployment.namespace);
      const key = qualifiedName(deployment);
      if (this.#functions.has(key))
        throw new GatewayError('FUNCTION_EXISTS', `the function ${key} is there already: update it by PUT`);
      const current = await this.#checked(deployment);
      const record = { current, replicas: leastReplicas(deployment), createdAt: new Date().toISOString() };
      const managed = await this.#manage(record);
      await this.#store.put(record);
      this.#functions.set(key, managed);
      managed.start();
    });
  }

  update(deployment: Deployment): Promise<void> {
    return this.#alone(deployment, async () => {
      this.namespaces.require(deployment.namespace);
      const managed = this.#find(deployment);
      const current = await this.#checked(deployment);
      const previous = managed.lastServing?.record;
      const record: FunctionRecord = {
        current,
        ...(previous && { previous }),
        replicas: Math.max(managed.record.replicas, leastReplicas(deployment)),
        createdAt: managed.record.createdAt,
      };
      const version = await this.#versionOf(current);
      await this.#store.put(record);
      managed.become(record, version);
    });
  }

  remove(name: FunctionName): Promise<void> {
    return this.#alone(name, async () => {
      const managed = this.#find(name);
      await this.#store.remove(name);
      this.#functions.delete(qualifiedName(name));
      // What is in flight is answered; the caller does not wait for that.
      void managed.remove().then(() => managed.ring.remove());
    });
  }

  scale(name: FunctionName, replicas: number): Promise<void> {
    return this.#alone(name, async () => {
      const managed = this.#find(name);
      const record = { ...managed.record, replicas };
      await this.#store.put(record);
      managed.become(record);
    });
  }

  async *logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine> {
    yield* streamLogs(this.#find(query).ring, query, signal);
  }

  #find(name: FunctionName): ManagedFunction {
    const managed = this.#functions.get(qualifiedName(name));
    if (managed) return managed;
    throw new GatewayError('FUNCTION_UNKNOWN', `no function ${qualifiedName(name)} is deployed`);
  }

  /** What is done to a function waits for what was asked before. */
  #alone<T>(name: FunctionName, work: () => Promise<T>): Promise<T> {
    const key = qualifiedName(name);
    const done = (this.#queues.get(key) ?? Promise.resolve()).then(work, work);
    const settled = done.catch(() => undefined);
    this.#queues.set(key, settled);
    void settled.then(() => {
      if (this.#queues.get(key) === settled) this.#queues.delete(key);
    });
    return done;
  }

  /** Checks what a deployment asks for. */
  async #checked(deployment: Deployment): Promise<VersionRecord> {
    const { image, namespace, secrets } = deployment;
    const missing = secrets.filter((name) => !this.secrets.has({ name, namespace }));
    if (missing.length > 0) {
      const text = `there is no secret ${missing.join(', ')} in ${namespace}: create it, then deploy again`;
      throw new GatewayError('SECRET_MISSING', text);
    }
    return { deployment, revision: (await this.#imageOf(image)).revision };
  }

  async #imageOf(name: string, revision?: string): Promise<FoundImage> {
    const image = await findLocalImage(this.#options.stateFolder, name, revision);
    if (image) return image;
    const text = `the image ${name} is not local, and there is no container engine to pull it: make it with "ofkit build --local", or give the gateway an engine`;
    throw new GatewayError('IMAGE_UNAVAILABLE', text);
  }

  async #manage(record: FunctionRecord): Promise<ManagedFunction> {
    const { name, namespace } = record.current.deployment;
    const current = await this.#versionOf(record.current);
    const previous = record.previous && (await this.#versionOf(record.previous).catch(() => undefined));
    const context = {
      launch: this.#launch,
      rotation: this.endpoints,
      store: this.#store,
      turnstile: this.#turnstile,
      onRetired: (version: Version) => void this.#tidy(version),
    };
    const ring = new LogRing(join(this.#options.stateFolder, 'logs', namespace, name));
    return new ManagedFunction(
      context,
      record,
      { current, previous },
      ring,
      this.#userOf({ name, namespace }),
    );
  }

  async #versionOf(record: VersionRecord): Promise<Version> {
    const { deployment, revision } = record;
    const image = await this.#imageOf(deployment.image, revision);
    const { name, namespace, secrets, annotations } = deployment;
    const folder = join(this.#launch.runFolder, `${instanceId(name)}.secrets`);
    const secretsFolder = new SecretsFolder(
      folder,
      namespace,
      secrets,
      this.secrets,
      this.#userOf(deployment),
    );
    await secretsFolder.create();
    return new Version(record, image, readProbes(annotations), secretsFolder);
  }

  #userOf(name: FunctionName): { uid: number; gid: number } | undefined {
    return this.#options.ownUsers ? functionUser(name) : undefined;
  }

  /** Removes what a version has left behind that ran last. */
  async #tidy({ record, secrets }: Version): Promise<void> {
    await removeFolder(secrets.path);
    const used = [...this.#functions.values()].flatMap(({ versions }) =>
      versions.map(({ image }) => image.revision),
    );
    await removeUnusedRevisions(this.#options.stateFolder, record.deployment.image, new Set(used)).catch(
      () => undefined,
    );
  }

  async #refreshSecret({ name, namespace }: SecretName): Promise<void> {
    for (const managed of this.#functions.values()) {
      if (managed.name.namespace !== namespace) continue;
      for (const { secrets } of managed.versions) await secrets.refresh(name);
    }
  }

  /** Removes what lies in a namespace. */
  async #empty(namespace: string): Promise<void> {
    const names = [...this.#functions.values()]
      .map(({ name }) => name)
      .filter((name) => name.namespace === namespace);
    await Promise.all(names.map((name) => this.remove(name)));
    await this.secrets.removeAll(namespace);
  }
}
