import { join } from 'node:path';
import { isFile } from '../files/kinds.ts';

/** As docker looks for it, and podman and buildah. */
const NAMES = ['Dockerfile', 'dockerfile', 'Containerfile'];

/** The name of the Dockerfile in a folder; undefined where there is none. */
export async function findDockerfile(folder: string): Promise<string | undefined> {
  for (const name of NAMES) if (await isFile(join(folder, name))) return name;
  return undefined;
}
