import { readFileSync } from 'node:fs';
import { messageOf, systemCodeOf } from '../../common/errors.ts';
import { StartError } from '../errors.ts';
import type { Account } from '../settings/parsers.ts';
import { homeOfRoot, identify, isUser, type Identity } from './account.ts';

/** The user that the official templates of OpenFaaS make for the function. */
const USUAL_USER = 'app';

/** The user where there is no such name: the number that OpenFaaS gives functions with `setNonRootUser`. */
const OTHERWISE: Account = { text: '12000:12000', user: '12000', group: '12000' };

/** Programs that run as process 1 and start the container's own one (`docker run --init`), by their names. */
const INITS: ReadonlySet<string> = new Set(['docker-init', 'podman-init', 'catatonit', 'tini', 'dumb-init']);

/** The kernel's answers where a capability is missing, or where the user namespace has no such number. */
const REFUSALS: ReadonlySet<string | undefined> = new Set(['EPERM', 'EINVAL']);

/** The change of the user, or the failure to change it. */
export interface Dropped {
  /** For the log. */
  readonly line: string;
  /** HOME from now on; undefined where it may stay. */
  readonly home: string | undefined;
}

/**
 * Makes this process the user that `run_as` names. Where it names none, and this process is root and the first of a
 * container, it becomes a user that is not root. It cannot become root again, nor can the processes that it starts
 * (except by a program that is setuid root, against which the engine's `no-new-privileges` helps). Threads are changed
 * too. Root stays root where `run_as` names no user and the kernel refuses the change, as in a container without the
 * capabilities SETUID and SETGID.
 * @param home the present HOME
 * @returns undefined where everything stays as it is
 * @throws StartError USER_UNAVAILABLE
 */
export function dropPrivileges(runAs: Account | undefined, home: string | undefined): Dropped | undefined {
  if (!runAs && !isContainersRoot()) return undefined;
  const account = runAs ?? (isUser(USUAL_USER) ? { text: USUAL_USER, user: USUAL_USER } : OTHERWISE);
  const identity = identify(account);
  if (isAlready(identity, account)) return undefined;
  if (identity.uid === 0 && process.geteuid?.() === 0) {
    const text = `run_as=${account.text}: root stays with the groups that it was started with; leave out the group`;
    throw new StartError('USER_UNAVAILABLE', text);
  }
  if (process.geteuid?.() !== 0) {
    const text = `run_as=${account.text} needs root, and this is the user ${process.geteuid?.()}; leave run_as out, or set it to that user`;
    throw new StartError('USER_UNAVAILABLE', text);
  }
  const { uid, gid } = identity;
  try {
    become(identity);
  } catch (thrown) {
    if (!runAs && process.geteuid() === 0 && REFUSALS.has(systemCodeOf(thrown))) {
      const line = `Warning: root stays root, as it may not become the user ${account.text} (${messageOf(thrown)}); give the container a user with USER in the image, or allow SETUID and SETGID; run_as=root leaves this line out`;
      return { line, home: undefined };
    }
    const text = `cannot become the user ${account.text} (${messageOf(thrown)}); set run_as=root to stay root, or start as another user with USER in the image`;
    throw new StartError('USER_UNAVAILABLE', text, { cause: thrown });
  }
  const name = account.text === `${uid}:${gid}` ? account.text : `${account.text} (${uid}:${gid})`;
  const line = `Running as ${name} and no longer as root; run_as=root would stay root`;
  return { line, home: !home || home === homeOfRoot() ? identity.home : undefined };
}

/**
 * Whether this process is root and the first of a container: it has no visible parent, or an init that only reaps.
 */
function isContainersRoot(): boolean {
  if (process.geteuid?.() !== 0) return false;
  if (process.ppid !== 1) return process.ppid === 0;
  try {
    return INITS.has(readFileSync('/proc/1/comm', 'utf8').trim());
  } catch {
    return false;
  }
}

/**
 * Whether this process is that user already. Then it keeps the groups that it was started with, unless one is named.
 */
function isAlready({ uid, gid }: Identity, { group }: Account): boolean {
  return process.geteuid?.() === uid && (group === undefined || process.getegid?.() === gid);
}

/**
 * Changes the user, groups first: a process that is no longer root may not change them. Restores them where the user
 * cannot be changed.
 */
function become(identity: Identity): void {
  const gid = process.getgid?.() ?? 0;
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([...identity.groups]);
  try {
    process.setgid?.(identity.gid);
    process.setuid?.(identity.uid);
  } catch (thrown) {
    process.setgid?.(gid);
    process.setgroups?.(groups);
    throw thrown;
  }
  const left = leftOfRoot(identity);
  if (left !== undefined) throw new Error(left);
}

/**
 * Reads back the present user and groups, and tries to become root again.
 * @returns the fault, if there is one
 */
function leftOfRoot({ uid, gid, groups }: Identity): string | undefined {
  const users = [process.getuid?.(), process.geteuid?.()];
  const mains = [process.getgid?.(), process.getegid?.()];
  if (users.some((id) => id !== uid) || mains.some((id) => id !== gid)) return 'the change has no effect';
  if (process.getgroups?.().some((id) => !groups.includes(id))) return "root's groups are still there";
  try {
    process.setuid?.(0);
    return 'it could become root again';
  } catch {
    return capabilities() === 0n ? undefined : 'capabilities are left';
  }
}

/** The capabilities that this process has or could give itself; none where there is no /proc. */
function capabilities(): bigint {
  try {
    const status = readFileSync('/proc/self/status', 'latin1');
    const sets = [...status.matchAll(/^Cap(?:Prm|Eff|Amb):\s*([0-9a-f]+)$/gm)];
    return sets.reduce((all, [, bits = '0']) => all | BigInt(`0x${bits}`), 0n);
  } catch {
    return 0n;
  }
}
