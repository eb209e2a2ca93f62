import { rm } from 'node:fs/promises';

/** Removes a folder and everything in it, if it exists. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
