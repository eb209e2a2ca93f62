import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A local image: a folder with the files that a container of the image would have. `ofkit build --local` writes it, and
 * the gateway runs it. Its files:
 *
 *     images/NAME/current           a link to the newest revision's folder, switched by a rename
 *     images/NAME/REVISION/image.json
 *     images/NAME/REVISION/root/    the files of the image's working folder
 */
export interface LocalImage {
  /** The name that deployments use. */
  readonly name: string;
  /** The folder of the image whose files are in `root/`. It is replaced where it occurs in `environment`. */
  readonly workdir: string;
  /** The ENV of the image's last stage. */
  readonly environment: Readonly<Record<string, string>>;
  /** The command that the image starts: `fwatchdog`, or an HTTP server. */
  readonly command: readonly string[];
  /** Whether its server listens on the port in http_port or PORT, so that two instances can run at the same time. */
  readonly choosesPort: boolean;
  /** The fixed port of its server, if it does not read those variables. */
  readonly port: number;
}

/** A local image that was found. */
export interface FoundImage extends LocalImage {
  /** The id of the build. */
  readonly revision: string;
  /** The folder of its files. */
  readonly root: string;
}

const IMAGES = 'images';
const CURRENT = 'current';

/** The program that an image of a watchdog starts. */
export const WATCHDOG_COMMAND = 'fwatchdog';

/**
 * @returns one name for all names of the same image: without Docker's defaults, but with a tag. `docker.io/library/x`,
 * `x` and `x:latest` all become `x:latest`.
 */
function canonicalImageName(name: string): string {
  const short = name.replace(/^(?:docker\.io|index\.docker\.io)\/(?:library\/)?/, '');
  if (short.includes('@')) return short;
  return /:[^/]*$/.test(short) ? short : `${short}:latest`;
}

/**
 * @returns the folder of an image. Its name is the image's, with %XX for characters that a file name cannot have.
 */
export function imageFolder(stateFolder: string, name: string): string {
  return join(stateFolder, IMAGES, encodeURIComponent(canonicalImageName(name)));
}

/**
 * Finds an image's newest revision, or a given one.
 * @returns undefined where there is none
 */
export async function findLocalImage(
  stateFolder: string,
  name: string,
  revision?: string,
): Promise<FoundImage | undefined> {
  const folder = imageFolder(stateFolder, name);
  try {
    const chosen = revision ?? (await readlink(join(folder, CURRENT)));
    const image = JSON.parse(await readFile(join(folder, chosen, 'image.json'), 'utf8')) as LocalImage;
    return { ...image, revision: chosen, root: join(folder, chosen, 'root') };
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      (error.code === 'ENOENT' || error.code === 'ENAMETOOLONG')
    )
      return undefined;
    throw error;
  }
}

/** @returns the path of the link to an image's newest revision */
export function currentLink(stateFolder: string, name: string): string {
  return join(imageFolder(stateFolder, name), CURRENT);
}
