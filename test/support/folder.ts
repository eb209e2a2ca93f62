import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Owner } from './owner.ts';

/** A temporary folder that its maker removes. */
export function newFolder(): string {
  return mkdtempSync(path.join(os.tmpdir(), 'watchdog-test-'));
}

export function removeFolder(folder: string): void {
  // processes that were just killed may still be writing there
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/** A temporary folder that is removed with its owner. */
export function makeFolder(owner: Owner): string {
  const folder = newFolder();
  owner.after(() => removeFolder(folder));
  return folder;
}
