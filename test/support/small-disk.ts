import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { newFolder, removeFolder } from './folder.ts';

/** A file system of a few megabytes. A file that can be removed takes most of them. */
export interface SmallDisk {
  readonly folder: string;
  makeRoom(): void;
}

/**
 * Mounts such a file system, with so many bytes left.
 * @returns undefined where that is not possible here: the test is skipped with the reason
 */
export function mountSmallDisk(t: TestContext, left: number): SmallDisk | undefined {
  const mountPoint = newFolder();
  const size = 32 << 20;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', mountPoint], { stdio: 'pipe' });
  } catch (error) {
    removeFolder(mountPoint);
    t.skip(`cannot mount a file system here: ${(error as Error).message.trim()}`);
    return undefined;
  }
  t.after(() => {
    execFileSync('umount', ['--lazy', mountPoint]);
    removeFolder(mountPoint);
  });
  const filler = path.join(mountPoint, 'filler');
  writeFileSync(filler, Buffer.alloc(size - left));
  return { folder: path.join(mountPoint, 'queue'), makeRoom: () => rmSync(filler) };
}
