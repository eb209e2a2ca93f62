import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { store } from './storage.ts';

/** A schedule, and until when it was served. */
export interface Kept {
  readonly schedule: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Remembers in a file until when schedules were served, so that missed times can be made up for after a restart. */
export class ScheduleStore {
  readonly #path: string;
  #kept = new Map<string, Kept>();
  #writing: Promise<void> | undefined;
  #isStale = false;

  constructor(stateFolder: string) {
    this.#path = join(stateFolder, 'schedules.json');
  }

  /** Reads the file of the last run. A file that cannot be read counts as empty. */
  async load(): Promise<void> {
    try {
      const read = JSON.parse(await readFile(this.#path, 'utf8')) as Record<string, Kept>;
      this.#kept = new Map(Object.entries(read).filter(([, kept]) => Number.isFinite(kept?.until)));
    } catch {
      this.#kept = new Map();
    }
  }

  get(key: string): Kept | undefined {
    return this.#kept.get(key);
  }

  keys(): string[] {
    return [...this.#kept.keys()];
  }

  /**
   * Sets or removes an entry. Changes that come while the disk is busy share a write.
   * @throws GatewayError STORAGE_FAILED
   */
  set(key: string, kept: Kept | undefined): Promise<void> {
    if (kept) this.#kept.set(key, kept);
    else if (!this.#kept.delete(key)) return Promise.resolve();
    this.#isStale = true;
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
    return this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      await store(this.#path, JSON.stringify(Object.fromEntries(this.#kept)));
    }
  }
}
