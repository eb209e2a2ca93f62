import type { ClassicLevel } from 'classic-level';
import { messageOf } from '../../common/errors.ts';
import { GatewayError } from '../errors.ts';
import { makeStateFolder } from '../state/storage.ts';
import type { CallAnswer, CallContent, CallRecord } from './async-call.ts';
import type { CallStore } from './call-store.ts';
import { packed, unpacked } from './packing.ts';
import { RecentContents } from './recent-contents.ts';

type Database = ClassicLevel<string, Buffer>;

type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: Buffer }
  | { readonly type: 'del'; readonly key: string };

/** Operations that are written together, and who waits for them. */
interface Batch {
  readonly operations: Operation[];
  /** Whether it has to be on the disk, or may be lost with the machine, though not with the process. */
  readonly isDurable: boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Of contents that are held in memory beside the disk. */
const RECENT_BYTES = 16 << 20;

const RECORD = 'record!';
const CONTENT = 'content!';
const ANSWER = 'answer!';

/**
 * Queued calls in LevelDB: a record of each, and apart from it its content and its answer. What is written while the
 * disk is busy goes out together, so that many callers share one flush.
 */
export class LevelStore implements CallStore {
  readonly #folder: string;
  #database: Database | undefined;
  readonly #recent = new RecentContents(RECENT_BYTES);
  #waiting: Batch[] = [];
  #writing: Promise<void> | undefined;
  #opening: Promise<Database> | undefined;
  /** The database that failed, until it is closed. */
  #closing: Promise<void> | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws GatewayError STORAGE_FAILED */
  static async open(folder: string): Promise<LevelStore> {
    await makeStateFolder(folder);
    const store = new LevelStore(folder);
    await store.#open();
    return store;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#database?.close();
  }

  /** All records, in the order of their ids. */
  async readRecords(): Promise<CallRecord[]> {
    const records: CallRecord[] = [];
    const database = await this.#open();
    for await (const value of database.values({ gte: RECORD, lt: `${RECORD}\uFFFF` }))
      records.push(JSON.parse(value.toString()) as CallRecord);
    return records;
  }

  start(): void {
    // nobody else puts calls here
  }

  /** The folder is this process's alone, and so is every call in it. */
  lease({ id }: CallRecord): Promise<string> {
    return Promise.resolve(id);
  }

  async readContent(id: string): Promise<CallContent | undefined> {
    return this.#recent.get(id) ?? unpacked<CallContent>(await this.#read(CONTENT + id));
  }

  async readAnswer(id: string): Promise<CallAnswer | undefined> {
    return unpacked<CallAnswer>(await this.#read(ANSWER + id));
  }

  async add(record: CallRecord, content: CallContent): Promise<void> {
    await this.#write([putRecord(record), putContent(record.id, content)]);
    this.#recent.set(record.id, content);
  }

  putOff(record: CallRecord): Promise<void> {
    return this.#write([putRecord(record)]);
  }

  /** Writes a record that another place has durably: the end of this process does not lose it, that of the machine may. */
  note(record: CallRecord): Promise<void> {
    return this.#write([putRecord(record)], false);
  }

  putAnswer(record: CallRecord, answer: CallAnswer): Promise<void> {
    return this.#write([putRecord(record), { type: 'put', key: ANSWER + record.id, value: packed(answer) }]);
  }

  /** @param content where it is to be kept and is not here yet */
  finish(record: CallRecord, keepsContent: boolean, content?: CallContent): Promise<void> {
    this.#recent.delete(record.id);
    const operations: Operation[] = [putRecord(record), { type: 'del', key: ANSWER + record.id }];
    if (keepsContent && content) operations.push(putContent(record.id, content));
    if (!keepsContent) operations.push({ type: 'del', key: CONTENT + record.id });
    return this.#write(operations);
  }

  /** @param content undefined where another place has it */
  replace(oldId: string, record: CallRecord, content?: CallContent): Promise<void> {
    const puts = content ? [putRecord(record), putContent(record.id, content)] : [putRecord(record)];
    return this.#write([...removalsOf(oldId), ...puts]);
  }

  remove(ids: readonly string[]): Promise<void> {
    return this.#write(ids.flatMap(removalsOf));
  }

  #write(operations: Operation[], isDurable = true): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ operations, isDurable, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batches = this.#waiting;
      this.#waiting = [];
      try {
        const database = await this.#open();
        await database.batch(
          batches.flatMap(({ operations }) => operations),
          { sync: batches.some(({ isDurable }) => isDurable) },
        );
        for (const { resolve } of batches) resolve();
      } catch (thrown) {
        await this.#forget();
        const failure = new GatewayError(
          'STORAGE_FAILED',
          `the queue cannot be written (${reasonOf(thrown)}): see to the disk of state_dir`,
          { cause: thrown },
        );
        for (const { reject } of batches) reject(failure);
      }
    }
    // in the same turn as the last look at what waits: what comes after it begins anew
    this.#writing = undefined;
  }

  /** After a failed write LevelDB takes no other until it is opened again. */
  async #forget(): Promise<void> {
    const database = this.#database;
    this.#database = undefined;
    this.#closing = database?.close().catch(() => undefined);
    await this.#closing;
  }

  /** Many who find it closed share one opening: the folder can be opened once at a time. */
  async #open(): Promise<Database> {
    if (this.#database) return this.#database;
    this.#opening ??= this.#openAnew().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #openAnew(): Promise<Database> {
    await this.#closing;
    const { ClassicLevel } = await import('classic-level');
    const database: Database = new ClassicLevel(this.#folder, {
      keyEncoding: 'utf8',
      valueEncoding: 'buffer',
    });
    try {
      await database.open();
    } catch (thrown) {
      throw new GatewayError(
        'STORAGE_FAILED',
        `the queue in ${this.#folder} cannot be opened (${reasonOf(thrown)})`,
        { cause: thrown },
      );
    }
    this.#database = database;
    return database;
  }

  async #read(key: string): Promise<Buffer | undefined> {
    const database = await this.#open();
    return database.get(key);
  }
}

function putRecord(record: CallRecord): Operation {
  return { type: 'put', key: RECORD + record.id, value: Buffer.from(JSON.stringify(record)) };
}

function putContent(id: string, content: CallContent): Operation {
  return { type: 'put', key: CONTENT + id, value: packed(content) };
}

function removalsOf(id: string): Operation[] {
  return [RECORD + id, CONTENT + id, ANSWER + id].map((key) => ({ type: 'del', key }));
}

/** LevelDB's own reason stands behind the library's. */
function reasonOf(thrown: unknown): string {
  let deepest = thrown;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  return messageOf(deepest);
}
