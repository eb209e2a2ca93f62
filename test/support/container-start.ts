import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WATCHDOG_COMMAND, fixture } from './command.ts';
import { makeFolder } from './folder.ts';
import type { Owner } from './owner.ts';
import type { StartOptions } from './watchdog.ts';

/** The parts of a container's start that a watchdog can be given without a container. */

export interface Accounts {
  /** Replace /etc/passwd and /etc/group. */
  readonly passwd?: string;
  readonly group?: string;
  /** Words before the watchdog's command, such as `setpriv …`. */
  readonly before?: readonly string[];
}

/** @returns why no watchdog can be started as process 1 here, if so */
export function reasonToSkip(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can become another user';
  const tried = spawnSync('unshare', ['--pid', '--fork', '--mount', '--mount-proc', 'true']);
  return tried.status === 0 ? undefined : 'unshare(1) can make no namespaces here';
}

/**
 * Makes a folder that every user can write to, with test/fixtures/identity.mjs in it, and the command that starts a
 * watchdog like a container's engine: as process 1, with Node and the script where every user can read them.
 */
export function asFirstProcess(owner: Owner, accounts: Accounts = {}): StartOptions & { folder: string } {
  const folder = makeFolder(owner);
  chmodSync(folder, 0o777);
  const node = WATCHDOG_COMMAND[0] ?? '';
  const script = WATCHDOG_COMMAND.at(-1) ?? '';
  const words = [...WATCHDOG_COMMAND];
  const mounts: string[] = ['mount -t tmpfs -o mode=755 tmpfs /mnt'];
  const bind = (file: string, at: string): void => {
    mounts.push(`touch ${at}`, `mount --bind ${file} ${at}`);
  };
  bind(node, '/mnt/node');
  words[0] = '/mnt/node';
  if (script.endsWith('fwatchdog.js')) {
    bind(script, '/mnt/fwatchdog');
    words[words.length - 1] = '/mnt/fwatchdog';
  }
  for (const name of ['passwd', 'group'] as const) {
    const file = path.join(folder, name);
    writeFileSync(file, accounts[name] ?? '');
    mounts.push(`mount --bind ${file} /etc/${name}`);
  }
  copyFileSync(fixture('identity.mjs'), path.join(folder, 'identity.mjs'));
  const prelude = `${mounts.join(' && ')} && exec "$@"`;
  const unshare = ['unshare', '--pid', '--fork', '--kill-child', '--mount', '--mount-proc'];
  return { folder, command: [...unshare, 'sh', '-c', prelude, 'sh', ...(accounts.before ?? []), ...words] };
}
