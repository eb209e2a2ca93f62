import { readFileSync } from 'node:fs';
import { StartError } from '../errors.ts';
import type { Account } from '../settings/parsers.ts';

/** A user as the kernel takes it. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, including the main one. */
  readonly groups: readonly number[];
  readonly home: string;
}

/** The home where the user has none, or is only a number. */
const NO_HOME = '/';

/**
 * Reads the lines of /etc/passwd or /etc/group as fields; the third one is the number. Gives none without such a file.
 */
function rows(file: string): string[][] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .filter(([, , id]) => /^\d+$/.test(id ?? ''));
  } catch {
    return [];
  }
}

/** Finds the row of a name or a number. As with docker's USER, a name comes before a number. */
function find(table: readonly string[][], word: string): string[] | undefined {
  const isNumber = /^\d+$/.test(word);
  return (
    table.find(([name]) => name === word) ?? table.find(([, , id]) => isNumber && Number(id) === Number(word))
  );
}

/** Whether /etc/passwd has a user of this name that is not a second name of root. */
export function isUser(name: string): boolean {
  const row = rows('/etc/passwd').find(([user]) => user === name);
  return row !== undefined && Number(row[2]) !== 0;
}

/** The home of root, which another user cannot use. */
export function homeOfRoot(): string {
  return find(rows('/etc/passwd'), '0')?.[5] || '/root';
}

/**
 * Looks up a user and its groups in /etc/passwd and /etc/group, as a container engine does for USER. A user that is
 * named alone gets all its groups, USER:GROUP only that group. The group of a bare number is the same number, where the
 * engines would take root's.
 * @throws StartError USER_UNAVAILABLE where a name is not there
 */
export function identify({ text, user, group }: Account): Identity {
  const row = find(rows('/etc/passwd'), user) ?? (user === 'root' ? ['root', '', '0', '0'] : undefined);
  const uid = row ? Number(row[2]) : numberOf(user, `run_as=${text}: /etc/passwd has no user ${user}`);
  const home = row?.[5] || NO_HOME;
  const groupRows = rows('/etc/group');
  if (group !== undefined) {
    const named = find(groupRows, group)?.[2];
    const gid =
      named === undefined
        ? numberOf(group, `run_as=${text}: /etc/group has no group ${group}`)
        : Number(named);
    return { uid, gid, groups: [gid], home };
  }
  const gid = row ? Number(row[3]) : uid;
  const others = groupRows
    .filter(([, , , members]) => row && (members ?? '').split(',').includes(row[0] ?? ''))
    .map(([, , id]) => Number(id));
  return { uid, gid, groups: [...new Set([gid, ...others])], home };
}

function numberOf(word: string, why: string): number {
  if (/^\d+$/.test(word)) return Number(word);
  throw new StartError('USER_UNAVAILABLE', `${why}; name one that is there, or a number`);
}
