import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCodeOf } from '../../common/errors.ts';
import { removeFolder } from '../../common/files/remove-folder.ts';
import { makeTemporaryFolder } from './temporary.ts';

/**
 * Makes a folder as a whole or not at all: `fill` writes into a temporary folder beside the target, which then takes
 * the target's place.
 * @param mode the mode of the folder
 */
export async function replaceFolder(
  target: string,
  mode: number,
  fill: (staging: string) => Promise<void>,
): Promise<void> {
  await withStaging(dirname(target), async (staging) => {
    const made = join(staging, basename(target));
    await mkdir(made, { mode });
    await fill(made);
    await rename(target, join(staging, 'replaced')).catch(ignoreMissing);
    await rename(made, target);
  });
}

/** Writes a file as a whole or not at all. */
export async function replaceFile(target: string, text: string, mode: number): Promise<void> {
  await withStaging(dirname(target), async (staging) => {
    const made = join(staging, basename(target));
    await writeFile(made, text, { mode });
    await rename(made, target);
  });
}

async function withStaging(parent: string, work: (staging: string) => Promise<void>): Promise<void> {
  const created = await mkdir(parent, { recursive: true, mode: 0o755 });
  const staging = await makeTemporaryFolder(parent);
  try {
    await work(staging);
  } catch (error) {
    if (created !== undefined) await removeFolder(created);
    throw error;
  } finally {
    await removeFolder(staging);
  }
}

function ignoreMissing(error: unknown): void {
  if (systemCodeOf(error) !== 'ENOENT') throw error;
}
