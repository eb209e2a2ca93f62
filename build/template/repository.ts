import { resolve } from 'node:path';
import { KitError } from '../errors.ts';
import { exists } from '../files/kinds.ts';
import { addressWithoutCredentials } from './credentials.ts';

export interface RepositoryAddress {
  /** The address that git clones: a URL, or the absolute path of a checkout on disk. */
  readonly url: string;
  /** A branch, a tag or `sha-` and a commit; '' for the default branch. */
  readonly ref: string;
}

const REMOTE = /^(?:(?:git|ssh|git\+ssh|ssh\+git|https?):\/\/|file:\/\/\/|[\w.-]+@[\w.-]+:)[^\s]+$/;

/**
 * Reads `URL[#REF]`, where the URL may be a path on disk.
 * @param base the folder that a path is relative to; undefined where no path is allowed
 * @throws KitError USAGE where it is neither
 */
export async function parseRepository(text: string, base: string | undefined): Promise<RepositoryAddress> {
  const mark = text.lastIndexOf('#');
  const url = withPlainScheme(mark === -1 ? text : text.slice(0, mark));
  const ref = mark === -1 ? '' : text.slice(mark + 1);
  if (url.startsWith('-') || ref.startsWith('-') || (mark !== -1 && ref === '')) throw noRepository(text);
  if (REMOTE.test(url)) return { url, ref };
  if (url === '' || base === undefined || !(await exists(resolve(base, url)))) throw noRepository(text);
  return { url: resolve(base, url), ref };
}

/** Rewrites npm's form of an address for git: `git+https://` loses `git+`, and `git+ssh://HOST:PATH` becomes a ssh URL. */
function withPlainScheme(url: string): string {
  const plain = url.replace(/^git\+(?=(?:ssh|https?|file):\/\/)/i, '').replace(/^ssh\+git:/i, 'ssh:');
  return plain === url ? url : plain.replace(/^ssh:\/\/([^/:]+):(?!\d+(?:\/|$)|[^/]*@)/i, '$1:');
}

function noRepository(text: string): KitError {
  return new KitError(
    'USAGE',
    `"${addressWithoutCredentials(text)}" is no git repository: give an https, ssh or git URL or a folder on disk, and #REF for a branch or tag`,
  );
}
