import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import { gitOutput } from '../template/git.ts';
import type { TagFormat } from '../stack/tag-formats.ts';

/**
 * The image's name with the tag that `--tag` asks for, as faas-cli makes it: `digest` replaces the tag with the
 * handler folder's hash, the others add what git says of the project folder.
 */
export async function imageName(
  host: Host,
  image: string,
  format: TagFormat,
  handler: string,
): Promise<string> {
  const named = image.slice(image.lastIndexOf('/') + 1).includes(':') ? image : `${image}:latest`;
  switch (format) {
    case 'latest':
      return named;
    case 'sha':
      return `${named}-${await fromGit(host, 'rev-parse', '--short', 'HEAD')}`;
    case 'branch': {
      const branch = await fromGit(host, 'rev-parse', '--symbolic-full-name', '--abbrev-ref', 'HEAD');
      return `${named}-${branch}-${await fromGit(host, 'rev-parse', '--short', 'HEAD')}`;
    }
    case 'describe':
      return `${named}-${await fromGit(host, 'describe', '--tags', '--always')}`;
    case 'digest':
      return `${named.slice(0, named.lastIndexOf(':'))}:${await hashFolder(handler)}`;
  }
}

async function fromGit(host: Host, ...args: string[]): Promise<string> {
  const output = await gitOutput(host, host.cwd, args);
  if (!output) {
    throw new KitError(
      'INVALID',
      'cannot tag the image from git, as this is not a Git repository with a commit',
    );
  }
  return output;
}

/** MD5 over the MD5 of each file, in the order of their paths. */
async function hashFolder(folder: string): Promise<string> {
  const paths = await regularFiles(folder);
  const hashes = await Promise.all(paths.sort().map(async (path) => md5(await readFile(path))));
  return md5(hashes.join(''));
}

function md5(bytes: Buffer | string): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** Links are not followed, and do not count. */
async function regularFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await regularFiles(path)));
    else if (entry.isFile()) found.push(path);
  }
  return found;
}
