import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { listWholeFiles } from '../../common/files/durable-file.ts';
import { GatewayError } from '../errors.ts';
import type { SecretName, Secrets } from '../providers/provider.ts';
import { makeStateFolder, store, unstore } from './storage.ts';

/** Keeps secrets as files that only the gateway's user can read: `secrets/NAMESPACE/NAME`. */
export class SecretStore implements Secrets {
  readonly #folder: string;
  /** The names of the secrets on the disk, by namespace. */
  readonly #names = new Map<string, Set<string>>();
  /** Is called with each secret whose value has changed. */
  onChange: (secret: SecretName) => Promise<void> = () => Promise.resolve();

  /** @throws GatewayError NAMESPACE_UNKNOWN */
  requireNamespace: (name: string) => void = () => undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws GatewayError STORAGE_FAILED */
  static async open(stateFolder: string): Promise<SecretStore> {
    const secrets = new SecretStore(join(stateFolder, 'secrets'));
    await makeStateFolder(secrets.#folder);
    for (const namespace of await readdir(secrets.#folder)) {
      const names = await listWholeFiles(join(secrets.#folder, namespace));
      secrets.#names.set(namespace, new Set(names));
    }
    return secrets;
  }

  async list(namespace: string): Promise<readonly SecretName[]> {
    this.requireNamespace(namespace);
    const names = [...(this.#names.get(namespace) ?? [])].sort();
    return Promise.resolve(names.map((name) => ({ name, namespace })));
  }

  has({ name, namespace }: SecretName): boolean {
    return this.#names.get(namespace)?.has(name) === true;
  }

  /** Reads the value of a secret, for a function. */
  read({ name, namespace }: SecretName): Promise<Buffer> {
    return readFile(join(this.#folder, namespace, name));
  }

  async create(secret: SecretName, value: Buffer): Promise<void> {
    this.requireNamespace(secret.namespace);
    if (this.has(secret)) {
      throw new GatewayError(
        'SECRET_EXISTS',
        `the secret ${secret.name} already exists in ${secret.namespace}`,
      );
    }
    await this.#write(secret, value);
  }

  async update(secret: SecretName, value: Buffer): Promise<void> {
    this.#require(secret);
    await this.#write(secret, value);
    await this.onChange(secret);
  }

  async remove(secret: SecretName): Promise<void> {
    this.#require(secret);
    await unstore(this.#pathOf(secret));
    this.#names.get(secret.namespace)?.delete(secret.name);
  }

  /** Removes all secrets of a namespace. */
  async removeAll(namespace: string): Promise<void> {
    this.#names.delete(namespace);
    await rm(join(this.#folder, namespace), { recursive: true, force: true });
  }

  async #write(secret: SecretName, value: Buffer): Promise<void> {
    await makeStateFolder(join(this.#folder, secret.namespace));
    await store(this.#pathOf(secret), value);
    const names = this.#names.get(secret.namespace) ?? new Set();
    this.#names.set(secret.namespace, names.add(secret.name));
  }

  #require(secret: SecretName): void {
    if (this.has(secret)) return;
    throw new GatewayError('SECRET_UNKNOWN', `there is no secret ${secret.name} in ${secret.namespace}`);
  }

  #pathOf({ name, namespace }: SecretName): string {
    return join(this.#folder, namespace, name);
  }
}
