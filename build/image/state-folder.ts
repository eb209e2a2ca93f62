import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ENGINE_ID_FILE } from '../../common/engine-id.ts';
import { isFile } from '../files/kinds.ts';
import { isProcessAlive } from '../files/process-alive.ts';
import { removeFolder } from '../files/temporary.ts';
import type { Host } from '../host.ts';
import { runtimeFolder } from '../prepare/generations.ts';

/**
 * The state folder that local images are put into and a gateway is given: `given`, else $OFKIT_STATE, else the
 * project's own.
 */
export function stateFolderOf(host: Host, given: string | undefined): string {
  const chosen = given ?? host.env.OFKIT_STATE;
  return chosen ? resolve(host.cwd, chosen) : join(runtimeFolder(host.cwd), 'state');
}

const TEMPORARY = /^\.(?:exec|up)-(\d+)$/;

/**
 * An empty state folder for this process alone; those that killed processes left behind go. Containers that were left are
 * found by what such a folder holds of an engine: so a new one that is for an engine has that, and its gateway removes
 * them. Until then the folder stays.
 * @param purpose the command that it is for
 * @param onEngine whether its gateway is to run functions as containers
 */
export async function makeTemporaryStateFolder(
  host: Host,
  purpose: 'exec' | 'up',
  onEngine: boolean,
): Promise<string> {
  const parent = runtimeFolder(host.cwd);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const folder = join(parent, `.${purpose}-${process.pid}`);
  await removeFolder(folder);
  await mkdir(folder, { mode: 0o700 });
  for (const name of await readdir(parent)) {
    const pid = TEMPORARY.exec(name)?.[1];
    if (pid === undefined || isProcessAlive(Number(pid))) continue;
    const [left, own] = [join(parent, name, ENGINE_ID_FILE), join(folder, ENGINE_ID_FILE)];
    if (await isFile(left)) {
      if (!onEngine || (await isFile(own))) continue;
      await copyFile(left, own);
    }
    await removeFolder(join(parent, name));
  }
  return folder;
}

/** The state folders of `ofkit up` and `ofkit run` that run in this project now, the oldest first. */
export async function foregroundStateFolders(host: Host): Promise<string[]> {
  const parent = runtimeFolder(host.cwd);
  const names = await readdir(parent).catch(() => []);
  const pids = names
    .filter((name) => name.startsWith('.up-'))
    .map((name) => Number(TEMPORARY.exec(name)?.[1] ?? 0))
    .filter((pid) => pid > 0 && isProcessAlive(pid));
  return pids.sort((one, other) => one - other).map((pid) => join(parent, `.up-${pid}`));
}
