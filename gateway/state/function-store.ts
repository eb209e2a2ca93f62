import { readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listWholeFiles } from '../../common/files/durable-file.ts';
import type { Deployment } from '../functions/deployment.ts';
import type { FunctionName } from '../functions/function-name.ts';
import { makeStateFolder, store, unstore } from './storage.ts';

/** A version of a function: its deployment, and the image that was found for it. */
export interface VersionRecord {
  readonly deployment: Deployment;
  /** The revision of the local image; undefined where it runs in containers. */
  readonly revision?: string;
  /** ISO 8601; missing in records of older gateways. */
  readonly deployedAt?: string;
  /** Undefined where it runs from a local image. */
  readonly container?: ContainerRecord;
}

/** The image and the label of a version's containers. */
export interface ContainerRecord {
  /** The engine's id of the image that was found for the deployment. */
  readonly image: string;
  /** A random text that identifies the version, even if the same image is deployed again. */
  readonly generation: string;
}

/** The state of a function on the disk. */
export interface FunctionRecord {
  readonly current: VersionRecord;
  /** The version before, until `current` serves. */
  readonly previous?: VersionRecord;
  /** The wanted number of instances. */
  readonly replicas: number;
  /** When the function was deployed first, in ISO 8601. */
  readonly createdAt: string;
}

/** Keeps the deployed functions, one file each: `functions/NAMESPACE/NAME.json`. */
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
    await rmdir(join(this.#folder, name.namespace)).catch(() => undefined); // unless other functions are in it
  }

  #pathOf({ name, namespace }: FunctionName): string {
    return join(this.#folder, namespace, `${name}.json`);
  }
}
