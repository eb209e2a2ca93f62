import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syncPath } from '../../common/files/durable-file.ts';

/** How many files are flushed at a time. A file system writes several flushes in one go. */
const FLUSHES_AT_A_TIME = 16;

/** Flushes a folder with all its content to the disk, so that it is whole after a crash of the system. */
export async function syncTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  const waiting = [...paths, folder].values();
  const flush = async (): Promise<void> => {
    for (const path of waiting) await syncPath(path);
  };
  await Promise.all(Array.from({ length: FLUSHES_AT_A_TIME }, flush));
}
