import { existsSync } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from './errors.ts';

/**
 * A local image: a folder with the files that a container of the image would have. `ofkit build --local` writes it, and
 * the gateway runs it. Its files:
 *
 *     images/NAME/current           a link to the newest revision's folder, switched by a rename
 *     images/NAME/REVISION/image.json
 *     images/NAME/REVISION/root/    the files of the image: those that its Dockerfile puts into it
 */
export interface LocalImage {
  /** The name that deployments use. */
  readonly name: string;
  /** The folder of the image that its process starts in. */
  readonly workdir: string;
  /** Whether `root/` stands for the image's `/`; else for `workdir` alone. */
  readonly isWhole?: boolean;
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
  /** The folder that stands for the image's working folder. */
  readonly root: string;
  /** The folder that stands for the image's `/`; undefined where only the working folder is here. */
  readonly files: string | undefined;
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
    const files = join(folder, chosen, 'root');
    if (!image.isWhole) return { ...image, revision: chosen, root: files, files: undefined };
    return { ...image, revision: chosen, root: join(files, image.workdir), files };
  } catch (error) {
    if (['ENOENT', 'ENAMETOOLONG'].includes(systemCodeOf(error) ?? '')) return undefined;
    throw error;
  }
}

/** @returns the path of the link to an image's newest revision */
export function currentLink(stateFolder: string, name: string): string {
  return join(imageFolder(stateFolder, name), CURRENT);
}

/** The folder of an image's global packages: the one of official Node images. */
export const GLOBAL_FOLDER = '/usr/local/lib';

/** The folders where a container finds its programs, beside the ones of its own PATH. */
const PROGRAM_FOLDERS = ['/usr/local/bin', `${GLOBAL_FOLDER}/node_modules/.bin`, '/usr/bin', '/bin'];

/** Lists the folders on this machine that have programs of an image, in the order in which a container looks for them. */
export function programFolders({ files, environment }: FoundImage): string[] {
  if (files === undefined) return [];
  const own = (environment['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'));
  const folders = [...new Set([...own, ...PROGRAM_FOLDERS])].map((folder) => join(files, folder));
  return folders.filter((folder) => existsSync(folder));
}

/**
 * Replaces the paths of an image in a text by paths on this machine, where the path exists here or lies in the working
 * folder. Other files of the image are not here.
 */
export function locateInImage(text: string, { workdir, root, files }: FoundImage): string {
  return text.replaceAll(/(?<![\w./])\/(?!\/)[\w@.+/-]+/g, (path) => {
    if (workdir !== '/' && (path === workdir || path.startsWith(`${workdir}/`)))
      return root + path.slice(workdir.length);
    return files !== undefined && existsSync(join(files, path)) ? join(files, path) : path;
  });
}
