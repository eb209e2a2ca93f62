import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../common/errors.ts';
import { StartError } from '../errors.ts';
import type { Settings } from '../settings/table.ts';

/**
 * The lock-file `.lock` in the temporary folder, by which an exec health check sees that the watchdog accepts requests.
 */
export class LockFile {
  readonly path: string;

  constructor(temporaryFolder: string) {
    this.path = path.join(temporaryFolder, '.lock');
  }

  get isPresent(): boolean {
    return existsSync(this.path);
  }

  /** @throws StartError LOCK_FILE_UNWRITABLE */
  write(): void {
    try {
      makeFolders(path.dirname(this.path));
      writeFileSync(this.path, '', { mode: 0o660 });
    } catch (thrown) {
      const text = `cannot write the lock-file ${this.path}: ${messageOf(thrown)}; make its folder writable or set suppress_lock=true`;
      throw new StartError('LOCK_FILE_UNWRITABLE', text, { cause: thrown });
    }
  }

  /** @returns why the file could not be removed, if so */
  remove(): string | undefined {
    try {
      rmSync(this.path);
      return undefined;
    } catch (thrown) {
      return messageOf(thrown);
    }
  }
}

/** The lock-file of a watchdog, or undefined with suppress_lock. */
export function lockFileOf({ suppressLock, temporaryFolder }: Settings): LockFile | undefined {
  return suppressLock ? undefined : new LockFile(temporaryFolder);
}

/** Makes folders one by one: Node's own way to make several hangs below /proc. */
function makeFolders(folder: string): void {
  if (existsSync(folder)) return;
  makeFolders(path.dirname(folder));
  mkdirSync(folder);
}
