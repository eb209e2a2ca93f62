import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packArchive } from './client/tar.ts';

/** The secrets of a folder as an engine on another machine takes them: to be read by any user, changed by none. */
export async function secretsArchive(folder: string): Promise<Buffer> {
  const files = (await readdir(folder)).map(async (name) => ({
    name,
    mode: 0o444,
    content: await readFile(join(folder, name)),
  }));
  return packArchive([{ name: './', mode: 0o555 }, ...(await Promise.all(files))]);
}
