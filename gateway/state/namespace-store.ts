import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listWholeFiles } from '../../common/files/durable-file.ts';
import { GatewayError } from '../errors.ts';
import type { Namespace, Namespaces } from '../providers/provider.ts';
import { makeStateFolder, store, unstore } from './storage.ts';

/** Keeps namespaces, one file each: `namespaces/NAME.json`. The default namespace needs no file. */
export class NamespaceStore implements Namespaces {
  readonly #folder: string;
  readonly #defaultName: string;
  readonly #known = new Map<string, Namespace>();
  /** Is called before a namespace is removed, to remove its functions and secrets. */
  onRemove: (name: string) => Promise<void> = () => Promise.resolve();

  private constructor(folder: string, defaultName: string) {
    this.#folder = folder;
    this.#defaultName = defaultName;
    this.#known.set(defaultName, { name: defaultName, labels: {}, annotations: { openfaas: '1' } });
  }

  /** @throws GatewayError STORAGE_FAILED */
  static async open(stateFolder: string, defaultName: string): Promise<NamespaceStore> {
    const namespaces = new NamespaceStore(join(stateFolder, 'namespaces'), defaultName);
    await makeStateFolder(namespaces.#folder);
    for (const file of await listWholeFiles(namespaces.#folder)) {
      const namespace = JSON.parse(await readFile(join(namespaces.#folder, file), 'utf8')) as Namespace;
      namespaces.#known.set(namespace.name, namespace);
    }
    return namespaces;
  }

  has(name: string): boolean {
    return this.#known.has(name);
  }

  /** @throws GatewayError NAMESPACE_UNKNOWN */
  require(name: string): void {
    if (this.has(name)) return;
    throw new GatewayError(
      'NAMESPACE_UNKNOWN',
      `there is no namespace ${name}: POST /system/namespace/ makes one`,
    );
  }

  list(): Promise<readonly Namespace[]> {
    return Promise.resolve([...this.#known.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  async create(namespace: Namespace): Promise<void> {
    if (this.has(namespace.name))
      throw new GatewayError('NAMESPACE_EXISTS', `the namespace ${namespace.name} already exists`);
    await this.#write(namespace);
  }

  async update(namespace: Namespace): Promise<void> {
    this.#find(namespace.name);
    await this.#write(namespace);
  }

  async remove(name: string): Promise<void> {
    this.#find(name);
    if (name === this.#defaultName) {
      throw new GatewayError(
        'NAMESPACE_PROTECTED',
        `${name} is the default namespace, which cannot be removed`,
      );
    }
    await this.onRemove(name);
    await unstore(this.#pathOf(name));
    this.#known.delete(name);
  }

  #find(name: string): void {
    if (!this.has(name)) throw new GatewayError('NAMESPACE_NOT_FOUND', `there is no namespace ${name}`);
  }

  async #write(namespace: Namespace): Promise<void> {
    await store(this.#pathOf(namespace.name), JSON.stringify(namespace, undefined, 2));
    this.#known.set(namespace.name, namespace);
  }

  #pathOf(name: string): string {
    return join(this.#folder, `${name}.json`);
  }
}
