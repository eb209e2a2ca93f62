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

/** Operations that are written together, and the promise that waits for them. */
interface Batch {
  readonly operations: Operation[];
  /** Whether the batch must survive a crash of the machine. Every batch survives the end of the process. */
  readonly isDurable: boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** How many bytes of contents are held in memory too. */
const RECENT_BYTES = 16 << 20;

const RECORD = 'record!';
const CONTENT = 'content!';
const ANSWER = 'answer!';

/**
 * Keeps queued calls in LevelDB: the record, the content and the answer of each under a key of its own. Batches that
 * come while the disk is busy are written together, so that many callers share one flush.
 */
export class LevelStore implements CallStore {
  readonly #folder: string;
  #database: Database | undefined;
  readonly #recent = new RecentContents(RECENT_BYTES);
  #waiting: Batch[] = [];
  #writing: Promise<void> | undefined;
  #opening: Promise<Database> | undefined;
  /** The closing of a database that failed. */
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

  async readRecords(): Promise<CallRecord[]> {
    const records: CallRecord[] = [];
    const database = await this.#open();
    for await (const value of database.values({ gte: RECORD, lt: `${RECORD}\uFFFF` }))
      records.push(JSON.parse(value.toString()) as CallRecord);
    return records;
  }

  start(): void {
    // nobody else writes to this folder
  }

  /** Needs no lease, as the folder and every call in it belong to this process alone. */
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

  /**
   * Writes a record that is durable elsewhere: it survives the end of this process, though not a crash of the machine.
   */
  note(record: CallRecord): Promise<void> {
    return this.#write([putRecord(record)], false);
  }

  putAnswer(record: CallRecord, answer: CallAnswer): Promise<void> {
    return this.#write([putRecord(record), { type: 'put', key: ANSWER + record.id, value: packed(answer) }]);
  }

  /** @param content is given where it is to be kept and is not in this database yet */
  finish(record: CallRecord, keepsContent: boolean, content?: CallContent): Promise<void> {
    this.#recent.delete(record.id);
    const operations: Operation[] = [putRecord(record), { type: 'del', key: ANSWER + record.id }];
    if (keepsContent && content) operations.push(putContent(record.id, content));
    if (!keepsContent) operations.push({ type: 'del', key: CONTENT + record.id });
    return this.#write(operations);
  }

  /** @param content undefined where it is kept elsewhere */
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
          `the queue cannot be written (${reasonOf(thrown)}): check the disk of state_dir`,
          { cause: thrown },
        );
        for (const { reject } of batches) reject(failure);
      }
    }
    // no await between the last look at #waiting and this: a later write starts the loop again
    this.#writing = undefined;
  }

  /** Closes the database after a failed write, as LevelDB takes no other write until it is opened again. */
  async #forget(): Promise<void> {
    const database = this.#database;
    this.#database = undefined;
    this.#closing = database?.close().catch(() => undefined);
    await this.#closing;
  }

  /** Opens the database if it is closed. Callers share one opening, as a folder can only be opened once at a time. */
  async #open(): Promise<Database> {
    if (this.#database) return this.#database;
    this.#opening ??= this.#reopen().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #reopen(): Promise<Database> {
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
        `the queue in ${this.#folder} cannot be opened (${reasonOf(thrown)}): check the disk of state_dir`,
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

/** @returns the text of the innermost cause, which is LevelDB's own reason */
function reasonOf(thrown: unknown): string {
  let deepest = thrown;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  return messageOf(deepest);
}
