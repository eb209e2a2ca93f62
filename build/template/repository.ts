import { resolve } from 'node:path';
import { KitError } from '../errors.ts';
import { exists } from '../files/kinds.ts';

export interface RepositoryAddress {
  /** What git clones: a URL, or the absolute path of a checkout on disk. */
  readonly url: string;
  /** A branch, a tag or `sha-` and a commit; '' for the default branch. */
  readonly ref: string;
}

const REMOTE = /^(?:(?:git|ssh|https?):\/\/|file:\/\/\/|[\w.-]+@[\w.-]+:)[^\s]+$/;

/**
 * Reads `URL[#REF]`, where the URL may be a path on disk.
 * @param base the folder that a path counts from; undefined where no path is allowed
 * @throws KitError USAGE where it is neither
 */
export async function parseRepository(text: string, base: string | undefined): Promise<RepositoryAddress> {
  const mark = text.lastIndexOf('#');
  const url = mark === -1 ? text : text.slice(0, mark);
  const ref = mark === -1 ? '' : text.slice(mark + 1);
  if (url.startsWith('-') || ref.startsWith('-') || (mark !== -1 && ref === '')) throw noRepository(text);
  if (REMOTE.test(url)) return { url, ref };
  if (url === '' || base === undefined || !(await exists(resolve(base, url)))) throw noRepository(text);
  return { url: resolve(base, url), ref };
}

function noRepository(text: string): KitError {
  return new KitError(
    'USAGE',
    `"${text}" is no git repository: give an https, ssh or git URL or a folder on disk, and #REF for a branch or tag`,
  );
}
