import { readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listWholeFiles } from '../../common/files/durable-file.ts';
import type { Deployment } from '../functions/deployment.ts';
import type { FunctionName } from '../functions/function-name.ts';
import { makeStateFolder, store, unstore } from './storage.ts';

/** A version of a function: what was deployed, and the revision of the local image that it took. */
export interface VersionRecord {
  readonly deployment: Deployment;
  /** Of a local image; undefined elsewhere. */
  readonly revision?: string;
  /** Where it runs in containers; undefined elsewhere. */
  readonly container?: ContainerRecord;
}

/** What containers of a version are made of, and known by. */
export interface ContainerRecord {
  /** The engine's id of the image that the deployment's name meant. */
  readonly image: string;
  /** Of no other version, also where the same is deployed again. */
  readonly generation: string;
}

/** What is kept of a function. */
export interface FunctionRecord {
  readonly current: VersionRecord;
  /** The last version that served, until `current` does. */
  readonly previous?: VersionRecord;
  /** Instances that are wished for. */
  readonly replicas: number;
  /** ISO 8601; of the first deployment. */
  readonly createdAt: string;
}

/** The functions that are deployed, a file each: `functions/NAMESPACE/NAME.json`. */
export class FunctionStore {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws GatewayError STORAGE_FAILED */
  static async open(stateFolder: string): Promise<FunctionStore> {
    const folder = join(stateFolder, 'functions');
    await makeStateFolder(folder);
    return new FunctionStore(folder);
  }

  async readAll(): Promise<FunctionRecord[]> {
    const records: FunctionRecord[] = [];
    for (const namespace of await readdir(this.#folder)) {
      const folder = join(this.#folder, namespace);
      for (const file of await listWholeFiles(folder))
        records.push(JSON.parse(await readFile(join(folder, file), 'utf8')) as FunctionRecord);
    }
    return records;
  }

  /** @throws GatewayError STORAGE_FAILED */
  async put(record: FunctionRecord): Promise<void> {
    const path = this.#pathOf(record.current.deployment);
    await makeStateFolder(join(path, '..'));
    await store(path, JSON.stringify(record, undefined, 2));
  }

  /** @throws GatewayError STORAGE_FAILED */
  async remove(name: FunctionName): Promise<void> {
    await unstore(this.#pathOf(name));
    await rmdir(join(this.#folder, name.namespace)).catch(() => undefined); // others are still in it
  }

  #pathOf({ name, namespace }: FunctionName): string {
    return join(this.#folder, namespace, `${name}.json`);
  }
}
