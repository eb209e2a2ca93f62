import { createHash } from 'node:crypto';
import { qualifiedName, type FunctionName } from '../../functions/function-name.ts';
import type { FunctionUser } from './secrets-folder.ts';

/** The first of the users that functions run as, and how many there are: beside those of systems and of people. */
const FIRST_UID = 300_000;
const UIDS = 65_536;

/** The user of a function: the same at each start, and of hardly any other function. */
export function functionUser(name: FunctionName): FunctionUser {
  const id = FIRST_UID + (createHash('sha256').update(qualifiedName(name)).digest().readUInt32BE() % UIDS);
  return { uid: id, gid: id };
}
