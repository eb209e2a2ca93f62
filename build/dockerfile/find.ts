import { join } from 'node:path';
import { isFile } from '../files/kinds.ts';

/** The names that docker, podman and buildah look for. */
const NAMES = ['Dockerfile', 'dockerfile', 'Containerfile'];

/** Finds the name of the Dockerfile in a folder; undefined where there is none. */
export async function findDockerfile(folder: string): Promise<string | undefined> {
  for (const name of NAMES) if (await isFile(join(folder, name))) return name;
  return undefined;
}
