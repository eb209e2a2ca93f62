import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { store } from './storage.ts';

/** Up to when a schedule was kept, and which it was. */
export interface Kept {
  readonly schedule: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Up to when schedules were kept whose missed times are made up for, in a file of the state. */
export class ScheduleStore {
  readonly #path: string;
  #kept = new Map<string, Kept>();
  #writing: Promise<void> | undefined;
  #isStale = false;

  constructor(stateFolder: string) {
    this.#path = join(stateFolder, 'schedules.json');
  }

  /** Takes up what was written before; what cannot be read counts as nothing. */
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

  /** Writes it with all that comes while the disk is busy. @throws GatewayError STORAGE_FAILED */
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
