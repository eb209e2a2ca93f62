import { mkdtemp, readdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../../common/files/remove-folder.ts';
import { isProcessAlive } from './process-alive.ts';

const TEMPORARY = /^\.ofkit-(\d+)-/;

/**
 * Makes an empty folder for this process alone, and removes folders beside it that killed processes have left.
 * @param parent by default the system's temporary folder
 * @returns its real path
 */
export async function makeTemporaryFolder(parent = tmpdir()): Promise<string> {
  const real = await realpath(parent);
  for (const name of await readdir(real)) {
    const pid = TEMPORARY.exec(name)?.[1];
    // It belongs to a different user, who has to remove it.
    if (pid !== undefined && !isProcessAlive(Number(pid)))
      await removeFolder(join(real, name)).catch(() => undefined);
  }
  return mkdtemp(join(real, `.ofkit-${process.pid}-`));
}
