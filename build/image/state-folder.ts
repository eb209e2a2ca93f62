import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ENGINE_ID_FILE } from '../../common/engine-id.ts';
import { isFile } from '../files/kinds.ts';
import { isProcessAlive } from '../files/process-alive.ts';
import { removeFolder } from '../../common/files/remove-folder.ts';
import type { Project } from '../project.ts';
import { runtimeFolder } from '../prepare/generations.ts';

/**
 * Gives the state folder for local images and the gateway: `given`, else $OFKIT_STATE, else the project's own.
 */
export function stateFolderOf(project: Project, given: string | undefined): string {
  const chosen = given ?? project.environment.OFKIT_STATE;
  return chosen ? resolve(project.folder, chosen) : join(runtimeFolder(project.folder), 'state');
}

const TEMPORARY = /^\.(?:exec|up)-(\d+)$/;

/**
 * Makes an empty state folder for this process alone, and removes the ones that killed processes have left. Containers
 * of such a folder may still run: a gateway finds them by the id in its ENGINE_ID_FILE. So a new folder for an engine
 * takes over the id of one such folder, and its gateway removes the containers. Later starts do so for the others.
 * @param purpose the command that uses it
 * @param onEngine whether its gateway runs functions as containers
 */
export async function makeTemporaryStateFolder(
  project: Project,
  purpose: 'exec' | 'up',
  onEngine: boolean,
): Promise<string> {
  const parent = runtimeFolder(project.folder);
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

/** Lists the state folders of `ofkit up` and `ofkit run` that run in this project now, the oldest first. */
export async function foregroundStateFolders(project: Project): Promise<string[]> {
  const parent = runtimeFolder(project.folder);
  const names = await readdir(parent).catch(() => []);
  const pids = names
    .filter((name) => name.startsWith('.up-'))
    .map((name) => Number(TEMPORARY.exec(name)?.[1] ?? 0))
    .filter((pid) => pid > 0 && isProcessAlive(pid));
  return pids.sort((one, other) => one - other).map((pid) => join(parent, `.up-${pid}`));
}
