import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../../common/errors.ts';
import { removeFolder } from '../../../common/files/remove-folder.ts';
import { GatewayError } from '../../errors.ts';
import type { Deployment } from '../../functions/deployment.ts';
import { qualifiedName, type FunctionName } from '../../functions/function-name.ts';
import type { FunctionStatus } from '../../functions/function-status.ts';
import { LogRing } from '../../logs/log-ring.ts';
import { streamLogs } from '../../logs/log-stream.ts';
import { Rotation } from '../../routing/rotation.ts';
import { FunctionStore, type FunctionRecord } from '../../state/function-store.ts';
import { NamespaceStore } from '../../state/namespace-store.ts';
import { SecretStore } from '../../state/secret-store.ts';
import { makeStateFolder } from '../../state/storage.ts';
import type { LogLine, LogQuery, Provider, ProviderIdentity, SecretName } from '../provider.ts';
import { canRunAsFunctionUser } from './function-users.ts';
import { stopIfIdle } from './idle-stop.ts';
import type { Environment } from './instance-environment.ts';
import { launchContext, type LaunchContext } from './launch.ts';
import { ManagedFunction } from './managed-function.ts';
import { OwnPorts, type PortOpener } from './own-ports.ts';
import { preloadText } from './preload-text.ts';
import { leastReplicas } from '../../functions/replicas.ts';
import { killTree } from './process-tree.ts';
import { Turnstile } from './turnstile.ts';
import { Turns } from './turns.ts';
import type { Version } from './version.ts';
import { VersionMaker } from './version-maker.ts';

export interface ProcessProviderOptions {
  readonly stateFolder: string;
  readonly defaultNamespace: string;
  /** dist/fwatchdog.js */
  readonly watchdog: string;
  /** The gateway's own environment. */
  readonly environment: Environment;
  /** `HOST:PORT` where functions reach the gateway: functions start once it is known. */
  readonly gatewayAddress: Promise<string>;
  /** Whether each function's processes run as a user of their own: root alone can do that. */
  readonly ownUsers: boolean;
  /** Whether it is an error where that cannot be. */
  readonly mustHaveOwnUsers: boolean;
  /** For development: what opens ports of their own for functions, which may ask for a debugger then too. */
  readonly functionPorts: PortOpener | undefined;
  readonly warn: (line: string) => void;
  readonly version: { readonly release: string; readonly sha: string };
}

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
  /** Those that were removed, and still answer what they have got. */
  readonly #leaving = new Set<ManagedFunction>();
  /** What is done to one function at a time. */
  readonly #turns = new Turns();
  readonly #turnstile = new Turnstile(STARTS_AT_A_TIME);
  readonly #launch: LaunchContext;
  readonly #versions: VersionMaker;

  private constructor(
    options: ProcessProviderOptions,
    stores: { store: FunctionStore; secrets: SecretStore; namespaces: NamespaceStore },
  ) {
    this.#options = options;
    this.#store = stores.store;
    this.secrets = stores.secrets;
    this.namespaces = stores.namespaces;
    this.identity = { provider: 'of-gateway', orchestration: 'process', version: options.version };
    this.#launch = launchContext(options.stateFolder, options, options.functionPorts !== undefined);
    this.#versions = new VersionMaker({
      stateFolder: options.stateFolder,
      runFolder: this.#launch.runFolder,
      secrets: stores.secrets,
      ownUsers: options.ownUsers,
    });
    this.secrets.requireNamespace = (name) => this.namespaces.require(name);
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
    if (this.#options.ownUsers && !(await canRunAsFunctionUser([host.preload, host.watchdog])))
      this.#shareUser();
    for (const record of await this.#store.readAll()) {
      const managed = await this.#manage(record);
      this.#functions.set(qualifiedName(managed.name), managed);
      await managed.ownPorts
        ?.become(record.current.deployment)
        .catch((error: unknown) => this.#options.warn(messageOf(error)));
      managed.start();
    }
  }

  /** @throws GatewayError PROVIDER_UNAVAILABLE where users of their own were asked for */
  #shareUser(): void {
    const text = `functions cannot run as users of their own, who could not read ${this.#options.stateFolder} or ${this.#options.watchdog}`;
    if (this.#options.mustHaveOwnUsers)
      throw new GatewayError('PROVIDER_UNAVAILABLE', `${text}: move them, or set function_users=false`);
    this.#options.warn(`${text}: they run as the gateway's user`);
    this.#versions.shareUser();
  }

  async stop(deadlineMs: number): Promise<void> {
    await Promise.all(this.#running.map((managed) => managed.stop(deadlineMs)));
    await removeFolder(this.#launch.runFolder);
  }

  async kill(): Promise<void> {
    await Promise.all(this.#running.map((managed) => managed.kill()));
  }

  get #running(): ManagedFunction[] {
    return [...this.#functions.values(), ...this.#leaving];
  }

  checkHealth(): Promise<void> {
    return Promise.resolve();
  }

  async list(namespace: string): Promise<readonly FunctionStatus[]> {
    this.namespaces.require(namespace);
    const own = [...this.#functions.values()].filter(({ name }) => name.namespace === namespace);
    return Promise.resolve(own.map((managed) => managed.status(false)));
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
        throw new GatewayError('FUNCTION_EXISTS', `the function ${key} already exists: update it by PUT`);
      const current = await this.#versions.check(deployment);
      const record = {
        current,
        replicas: leastReplicas(deployment.labels),
        createdAt: new Date().toISOString(),
      };
      const managed = await this.#manage(record);
      await managed.ownPorts?.become(deployment);
      await this.#store.put(record).catch((error: unknown) => {
        managed.ownPorts?.close();
        throw error;
      });
      this.#functions.set(key, managed);
      managed.start();
    });
  }

  update(deployment: Deployment): Promise<void> {
    return this.#alone(deployment, async () => {
      this.namespaces.require(deployment.namespace);
      const managed = this.#find(deployment);
      const current = await this.#versions.check(deployment);
      const previous = managed.lastServing?.record;
      const record: FunctionRecord = {
        current,
        ...(previous && { previous }),
        replicas: Math.max(managed.record.replicas, leastReplicas(deployment.labels)),
        createdAt: managed.record.createdAt,
      };
      await managed.ownPorts?.become(deployment);
      const version = await this.#versions.make(current);
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
      managed.ownPorts?.close();
      this.#leaving.add(managed);
      void managed
        .remove()
        .then(() => managed.ring.remove())
        .finally(() => this.#leaving.delete(managed));
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

  stopIfIdle(name: FunctionName): Promise<void> {
    return this.#alone(name, () => {
      const managed = this.#find(name);
      const atZero = (): FunctionRecord => ({ ...managed.record, replicas: 0 });
      return stopIfIdle({
        isIdle: () => this.endpoints.load(name) === 0,
        write: (wish) => this.#store.put(wish === 'zero' ? atZero() : managed.record),
        stop: () => managed.become(atZero()),
      });
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
    return this.#turns.take(qualifiedName(name), work);
  }

  async #manage(record: FunctionRecord): Promise<ManagedFunction> {
    const { name, namespace } = record.current.deployment;
    const current = await this.#versions.make(record.current);
    const previous = record.previous && (await this.#versions.make(record.previous));
    const context = {
      launch: this.#launch,
      rotation: this.endpoints,
      onRecordChanged: () => this.#keepRecord({ name, namespace }),
      turnstile: this.#turnstile,
      onRetired: (version: Version) => void this.#tidy(version),
      ownPorts: this.#options.functionPorts && new OwnPorts(this.#options.functionPorts),
    };
    const ring = new LogRing(join(this.#options.stateFolder, 'logs', namespace, name));
    return new ManagedFunction(
      context,
      record,
      { current, previous },
      ring,
      this.#versions.userOf({ name, namespace }),
    );
  }

  /** Writes down what a function has become by itself: in its turn, or it would undo an update or a removal. */
  #keepRecord(name: FunctionName): void {
    this.#alone(name, async () => {
      const managed = this.#functions.get(qualifiedName(name));
      if (managed) await this.#store.put(managed.record);
    }).catch(() => undefined);
  }

  /** Removes what a version has left behind that ran last. */
  async #tidy(version: Version): Promise<void> {
    const versions = [...this.#functions.values()].flatMap((managed) => managed.versions);
    await this.#versions.tidy(version, new Set(versions.map(({ record }) => record.revision ?? '')));
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
