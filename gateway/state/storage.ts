import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf, systemCodeOf } from '../../common/errors.ts';
import { removeDurably, syncPath, writeDurably } from '../../common/files/durable-file.ts';
import { GatewayError } from '../errors.ts';

/** Only their owner may read or write folders and files of the state. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * Creates a folder of the state, if it does not exist. It is on the disk when this resolves.
 * @throws GatewayError STORAGE_FAILED
 */
export async function makeStateFolder(path: string): Promise<void> {
  await orStorageFailed(path, async () => {
    const first = await mkdir(path, { recursive: true, mode: FOLDER_MODE });
    if (first === undefined) return;
    // each new folder is an entry of the one above it, which must be flushed too
    for (let made = path; made.length >= first.length; made = dirname(made)) await syncPath(dirname(made));
  });
}

/**
 * Writes a file of the state. It is on the disk when this resolves.
 * @throws GatewayError STORAGE_FAILED
 */
export async function store(path: string, bytes: Buffer | string): Promise<void> {
  await orStorageFailed(path, () => writeDurably(path, bytes, FILE_MODE));
}

/**
 * Removes a file of the state, if it exists.
 * @throws GatewayError STORAGE_FAILED
 */
export async function unstore(path: string): Promise<void> {
  await orStorageFailed(path, () =>
    removeDurably(path).catch((error: unknown) => {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
    }),
  );
}

async function orStorageFailed(path: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new GatewayError(
      'STORAGE_FAILED',
      `nothing was changed, as ${path} cannot be written (${messageOf(error)}): check the disk of state_dir`,
      { cause: error },
    );
  }
}
