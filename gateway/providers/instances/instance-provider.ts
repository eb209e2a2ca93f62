import { join } from 'node:path';
import { messageOf } from '../../../common/errors.ts';
import { GatewayError } from '../../errors.ts';
import type { Deployment } from '../../functions/deployment.ts';
import { qualifiedName, type FunctionName } from '../../functions/function-name.ts';
import type { FunctionStatus } from '../../functions/function-status.ts';
import { leastReplicas } from '../../functions/replicas.ts';
import { unknownFunction } from '../../functions/unknown-function.ts';
import { LogRing } from '../../function-logs/log-ring.ts';
import { streamLogs } from '../../function-logs/log-stream.ts';
import { Rotation } from '../../routing/rotation.ts';
import type { FunctionRecord, FunctionStore, VersionRecord } from '../../state/function-store.ts';
import type { NamespaceStore } from '../../state/namespace-store.ts';
import type { SecretStore } from '../../state/secret-store.ts';
import type { Stores } from '../../state/stores.ts';
import type { LogLine, LogQuery, Provider, ProviderIdentity, SecretName } from '../provider.ts';
import { stopIfIdle } from './idle-stop.ts';
import { ManagedFunction } from './managed-function.ts';
import { OwnPorts, type PortOpener } from './own-ports.ts';
import type { Runner } from './runner.ts';
import { Turnstile } from './turnstile.ts';
import type { FunctionVersion } from './function-version.ts';

export interface InstanceProviderOptions {
  readonly runner: Runner;
  readonly stores: Stores;
  readonly stateFolder: string;
  /** For development: opens ports that lead to one function each. */
  readonly functionPorts: PortOpener | undefined;
  readonly warn: (line: string) => void;
  readonly version: { readonly release: string; readonly sha: string };
}

/** How many instances start at a time. */
const STARTS_AT_A_TIME = 4;

/** Keeps deployments in the state folder, and runs them as instances that this gateway starts and watches. */
export class InstanceProvider implements Provider {
  readonly identity: ProviderIdentity;
  readonly endpoints = new Rotation(() => performance.now());
  readonly secrets: SecretStore;
  readonly namespaces: NamespaceStore;
  readonly #runner: Runner;
  readonly #store: FunctionStore;
  readonly #options: Pick<InstanceProviderOptions, 'stateFolder' | 'functionPorts' | 'warn'>;
  readonly #functions = new Map<string, ManagedFunction>();
  /** Functions that were removed, but still answer calls in flight. */
  readonly #leaving = new Set<ManagedFunction>();
  /** The last change of each function, for which the next one waits. */
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #turnstile = new Turnstile(STARTS_AT_A_TIME);

  constructor({ runner, stores, version, ...options }: InstanceProviderOptions) {
    this.#runner = runner;
    this.#store = stores.functions;
    this.#options = options;
    this.secrets = stores.secrets;
    this.namespaces = stores.namespaces;
    this.identity = { provider: 'of-gateway', orchestration: runner.orchestration, version };
    this.secrets.requireNamespace = (name) => this.namespaces.require(name);
    this.secrets.onChange = (secret) => this.#refreshSecret(secret);
    this.namespaces.onRemove = (name) => this.#empty(name);
  }

  async start(): Promise<void> {
    await this.#runner.open();
    for (const record of await this.#store.readAll()) {
      const managed = await this.#manage(record);
      this.#functions.set(qualifiedName(managed.name), managed);
      await managed.ownPorts
        ?.become(record.current.deployment)
        .catch((error: unknown) => this.#options.warn(messageOf(error)));
      managed.start();
    }
    this.#runner.takenUp();
  }

  async stop(deadlineMs: number): Promise<void> {
    await Promise.all(this.#running.map((managed) => managed.stop(deadlineMs)));
    await this.#runner.close();
  }

  async kill(): Promise<void> {
    await Promise.all(this.#running.map((managed) => managed.kill()));
  }

  get #running(): ManagedFunction[] {
    return [...this.#functions.values(), ...this.#leaving];
  }

  checkHealth(): Promise<void> {
    return this.#runner.checkHealth();
  }

  async list(namespace: string, { usage } = { usage: false }): Promise<readonly FunctionStatus[]> {
    this.namespaces.require(namespace);
    const own = [...this.#functions.values()].filter(({ name }) => name.namespace === namespace);
    return Promise.all(own.map((managed) => managed.status(usage)));
  }

  async status(name: FunctionName, { usage }: { readonly usage: boolean }): Promise<FunctionStatus> {
    this.namespaces.require(name.namespace);
    return this.#find(name).status(usage);
  }

  deploy(deployment: Deployment): Promise<void> {
    return this.#alone(deployment, async () => {
      this.namespaces.require(deployment.namespace);
      const key = qualifiedName(deployment);
      if (this.#functions.has(key))
        throw new GatewayError('FUNCTION_EXISTS', `the function ${key} already exists: update it by PUT`);
      const current = await this.#check(deployment);
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
      const current = await this.#check(deployment);
      const previous = managed.lastServing?.record;
      const record: FunctionRecord = {
        current,
        ...(previous && { previous }),
        replicas: Math.max(managed.record.replicas, leastReplicas(deployment.labels)),
        createdAt: managed.record.createdAt,
      };
      await managed.ownPorts?.become(deployment);
      const version = await this.#runner.make(current);
      await this.#store.put(record);
      managed.become(record, version);
    });
  }

  remove(name: FunctionName): Promise<void> {
    return this.#alone(name, async () => {
      const managed = this.#find(name);
      await this.#store.remove(name);
      this.#functions.delete(qualifiedName(name));
      // Calls in flight are answered, but the request to remove does not wait for that.
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

  /** @throws GatewayError SECRET_MISSING, and the errors of the runner's `check` */
  async #check(deployment: Deployment): Promise<VersionRecord> {
    const { namespace, secrets } = deployment;
    const missing = secrets.filter((name) => !this.secrets.has({ name, namespace }));
    if (missing.length > 0) {
      const text = `there is no secret ${missing.join(', ')} in ${namespace}: create it, then deploy again`;
      throw new GatewayError('SECRET_MISSING', text);
    }
    return { ...(await this.#runner.check(deployment)), deployedAt: new Date().toISOString() };
  }

  #find(name: FunctionName): ManagedFunction {
    const managed = this.#functions.get(qualifiedName(name));
    if (managed) return managed;
    throw unknownFunction(name);
  }

  /** Runs `work` after all earlier changes of the same function. */
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

  async #manage(record: FunctionRecord): Promise<ManagedFunction> {
    const { name, namespace } = record.current.deployment;
    const current = await this.#runner.make(record.current);
    const previous = record.previous && (await this.#runner.make(record.previous));
    const context = {
      rotation: this.endpoints,
      onRecordChanged: () => this.#keepRecord({ name, namespace }),
      turnstile: this.#turnstile,
      onRetired: (version: FunctionVersion) => void this.#discard(version),
      ownPorts: this.#options.functionPorts && new OwnPorts(this.#options.functionPorts),
    };
    const ring = new LogRing(join(this.#options.stateFolder, 'logs', namespace, name));
    return new ManagedFunction(context, record, { current, previous }, ring);
  }

  /**
   * Writes the record that a function has changed by itself. It waits for its turn, so that it undoes no other change.
   */
  #keepRecord(name: FunctionName): void {
    this.#alone(name, async () => {
      const managed = this.#functions.get(qualifiedName(name));
      if (managed) await this.#store.put(managed.record);
    }).catch(() => undefined);
  }

  /** Removes the files of a version that is no longer used. */
  async #discard(version: FunctionVersion): Promise<void> {
    const versions = [...this.#functions.values()].flatMap((managed) => managed.versionsInUse);
    await version.discard(versions.filter((other) => other !== version));
  }

  async #refreshSecret({ name, namespace }: SecretName): Promise<void> {
    for (const managed of this.#functions.values()) {
      if (managed.name.namespace !== namespace) continue;
      for (const version of managed.versionsInUse) await version.refreshSecret(name);
    }
  }

  /** Removes all functions and secrets of a namespace. */
  async #empty(namespace: string): Promise<void> {
    const names = [...this.#functions.values()]
      .map(({ name }) => name)
      .filter((name) => name.namespace === namespace);
    await Promise.all(names.map((name) => this.remove(name)));
    await this.secrets.removeAll(namespace);
  }
}
