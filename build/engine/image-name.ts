import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KitError } from '../errors.ts';
import type { Project } from '../project.ts';
import { askGit } from '../template/git.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import type { TagFormat } from '../stack/tag-formats.ts';

/**
 * Gives the image's name with the tag that `--tag` asks for, as faas-cli makes it: `digest` replaces the tag with the
 * handler folder's hash, and the other formats add the branch or the commit that git reports.
 * @throws KitError INVALID for an image with a digest, and where git reports no branch or commit
 */
export async function imageName(
  project: Project,
  { image, name, place }: FunctionEntry,
  format: TagFormat,
  handler: string,
): Promise<string> {
  if (format !== 'latest' && image.includes('@')) {
    throw new KitError(
      'INVALID',
      `${place}: image ${image} of ${name} has a digest and takes no tag: leave --tag or the digest out`,
    );
  }
  const named = image.slice(image.lastIndexOf('/') + 1).includes(':') ? image : `${image}:latest`;
  switch (format) {
    case 'latest':
      return named;
    case 'sha':
      return withTag(named, '', `-${await fromGit(project, 'rev-parse', '--short', 'HEAD')}`);
    case 'branch': {
      const branch = await fromGit(project, 'rev-parse', '--symbolic-full-name', '--abbrev-ref', 'HEAD');
      return withTag(named, `-${branch}`, `-${await fromGit(project, 'rev-parse', '--short', 'HEAD')}`);
    }
    case 'describe': {
      const described = await fromGit(project, 'describe', '--tags', '--always');
      const [commits = ''] = /(?:-\d+-g[0-9a-f]+)?$/.exec(described) ?? [];
      return withTag(named, `-${described.slice(0, described.length - commits.length)}`, commits);
    }
    case 'digest':
      return `${named.slice(0, named.lastIndexOf(':'))}:${await hashFolder(handler)}`;
  }
}

/** The most characters that a tag may have (OCI distribution specification, section 2). */
const LONGEST_TAG = 128;

/** Adds two texts to the tag of an image, without characters that a tag cannot have. Too long a first text is cut. */
function withTag(image: string, text: string, end: string): string {
  const mark = image.lastIndexOf(':');
  const tag = image.slice(mark + 1);
  const clean = (part: string): string => part.replaceAll(/[^\w.-]/g, '-');
  const room = Math.max(0, LONGEST_TAG - tag.length - end.length);
  return `${image.slice(0, mark)}:${tag}${clean(text).slice(0, room)}${clean(end)}`;
}

/** @throws KitError INVALID for an image that cannot be built, because a digest fixes its bytes or it has no name */
export function refuseDigest({ image, name, place }: FunctionEntry, built: string): void {
  if (!image) throw new KitError('INVALID', `${place}: ${name} has no image: name the one to build`);
  if (!built.includes('@')) return;
  throw new KitError(
    'INVALID',
    `${place}: image ${image} of ${name} has a digest, under which nothing can be built: give it a tag`,
  );
}

async function fromGit(project: Project, ...args: string[]): Promise<string> {
  const { ok, stdout, output } = await askGit(project, project.folder, args);
  const answer = ok ? stdout.trim() : '';
  if (answer) return answer;
  // Checkouts in containers of a CI often belong to another user.
  const [exception] = /git config --global --add safe\.directory .*/.exec(output) ?? [];
  throw new KitError(
    'INVALID',
    'cannot tag the image from git, as ' +
      (exception
        ? `git refuses this repository, which belongs to another user: trust it by "${exception}"`
        : 'this is not a Git repository with a commit'),
  );
}

/** Hashes a folder: MD5 over the MD5 of each file, in the order of their paths. */
async function hashFolder(folder: string): Promise<string> {
  const paths = await regularFiles(folder);
  const hashes = await Promise.all(paths.sort().map(async (path) => md5(await readFile(path))));
  return md5(hashes.join(''));
}

function md5(bytes: Buffer | string): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** Lists the files of a folder. Links are left out. */
async function regularFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await regularFiles(path)));
    else if (entry.isFile()) found.push(path);
  }
  return found;
}
