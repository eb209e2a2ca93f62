import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isProcessAlive } from '../files/process-alive.ts';
import { removeFolder } from '../files/temporary.ts';
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
 * Makes an empty state folder for this process alone, and removes the ones that killed processes have left.
 * @param purpose the command that uses it
 */
export async function makeTemporaryStateFolder(project: Project, purpose: 'exec' | 'up'): Promise<string> {
  const parent = runtimeFolder(project.folder);
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
