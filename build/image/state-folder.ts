import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isProcessAlive } from '../files/process-alive.ts';
import { removeFolder } from '../files/temporary.ts';
import type { Host } from '../host.ts';
import { runtimeFolder } from '../runtime/generations.ts';

/**
 * The state folder that local images are put into and a gateway is given: `given`, else $OFKIT_STATE, else the
 * project's own.
 */
export function stateFolderOf(host: Host, given: string | undefined): string {
  const chosen = given ?? host.env.OFKIT_STATE;
  return chosen ? resolve(host.cwd, chosen) : join(runtimeFolder(host.cwd), 'state');
}

const TEMPORARY = /^\.exec-(\d+)$/;

/** An empty state folder for this process alone; those that killed processes left behind go. */
export async function makeTemporaryStateFolder(host: Host): Promise<string> {
  const parent = runtimeFolder(host.cwd);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  for (const name of await readdir(parent)) {
    const pid = TEMPORARY.exec(name)?.[1];
    if (pid !== undefined && !isProcessAlive(Number(pid))) await removeFolder(join(parent, name));
  }
  const folder = join(parent, `.exec-${process.pid}`);
  await removeFolder(folder);
  await mkdir(folder, { mode: 0o700 });
  return folder;
}
