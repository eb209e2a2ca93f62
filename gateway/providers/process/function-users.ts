import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { qualifiedName, type FunctionName } from '../../functions/function-name.ts';
import type { FunctionUser } from '../instances/secrets-folder.ts';

/** The first user id for functions, and how many there are. Systems and people use lower ids. */
const FIRST_UID = 300_000;
const UIDS = 65_536;

/** @returns the user of a function. It is the same at each start, and hardly ever that of another function. */
export function functionUser(name: FunctionName): FunctionUser {
  const id = FIRST_UID + (createHash('sha256').update(qualifiedName(name)).digest().readUInt32BE() % UIDS);
  return { uid: id, gid: id };
}

const CHECK = "for (const file of process.argv.slice(1)) require('node:fs').accessSync(file, 4)";
const CHECK_TIMEOUT_MS = 10_000;

/**
 * Tries whether a process of a function's user can start and read these files. It cannot read them if they are in a
 * folder that only another user may enter, such as a home folder.
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
