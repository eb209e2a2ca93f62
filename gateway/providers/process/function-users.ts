import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { qualifiedName, type FunctionName } from '../../functions/function-name.ts';
import type { FunctionUser } from '../instances/secrets-folder.ts';

/** The first of the users that functions run as, and how many there are: beside those of systems and of people. */
const FIRST_UID = 300_000;
const UIDS = 65_536;

/** The user of a function: the same at each start, and of hardly any other function. */
export function functionUser(name: FunctionName): FunctionUser {
  const id = FIRST_UID + (createHash('sha256').update(qualifiedName(name)).digest().readUInt32BE() % UIDS);
  return { uid: id, gid: id };
}

const CHECK = "for (const file of process.argv.slice(1)) require('node:fs').accessSync(file, 4)";
const CHECK_TIMEOUT_MS = 10_000;

/**
 * Whether processes of a function's own user could be started and read some files. They cannot where a folder on the
 * way is another user's alone, such as a home folder.
 */
export async function canRunAsFunctionUser(files: readonly string[]): Promise<boolean> {
  try {
    const options = { ...functionUser({ name: '', namespace: '' }), cwd: '/', timeout: CHECK_TIMEOUT_MS };
    await promisify(execFile)(process.execPath, ['-e', CHECK, ...files], options);
    return true;
  } catch {
    return false;
  }
}
