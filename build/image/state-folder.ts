import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isProcessAlive } from '../files/process-alive.ts';
import { removeFolder } from '../files/temporary.ts';
import type { Host } from '../host.ts';
import { runtimeFolder } from '../prepare/generations.ts';

/**
 * The state folder that local images are put into and a gateway is given: `given`, else $OFKIT_STATE, else the
 * project's own.
 */
export function stateFolderOf(host: Host, given: string | undefined): string {
  const chosen = given ?? host.environment.OFKIT_STATE;
  return chosen ? resolve(host.folder, chosen) : join(runtimeFolder(host.folder), 'state');
}

const TEMPORARY = /^\.(?:exec|up)-(\d+)$/;

/**
 * An empty state folder for this process alone; those that killed processes left behind go.
 * @param purpose the command that it is for
 */
export async function makeTemporaryStateFolder(host: Host, purpose: 'exec' | 'up'): Promise<string> {
  const parent = runtimeFolder(host.folder);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  for (const name of await readdir(parent)) {
    const pid = TEMPORARY.exec(name)?.[1];
    if (pid !== undefined && !isProcessAlive(Number(pid))) await removeFolder(join(parent, name));
  }
  const folder = join(parent, `.${purpose}-${process.pid}`);
  await removeFolder(folder);
  await mkdir(folder, { mode: 0o700 });
  return folder;
}

/** The state folders of `ofkit up` and `ofkit run` that run in this project now, the oldest first. */
export async function foregroundStateFolders(host: Host): Promise<string[]> {
  const parent = runtimeFolder(host.folder);
  const names = await readdir(parent).catch(() => []);
  const pids = names
    .filter((name) => name.startsWith('.up-'))
    .map((name) => Number(TEMPORARY.exec(name)?.[1] ?? 0))
    .filter((pid) => pid > 0 && isProcessAlive(pid));
  return pids.sort((one, other) => one - other).map((pid) => join(parent, `.up-${pid}`));
}
