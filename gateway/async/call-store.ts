import type { ClassicLevel } from 'classic-level';
import { messageOf } from '../../common/errors.ts';
import { GatewayError } from '../errors.ts';
import { makeStateFolder } from '../state/storage.ts';
import type { CallAnswer, CallContent, CallRecord } from './async-call.ts';

type Database = ClassicLevel<string, Buffer>;

type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: Buffer }
  | { readonly type: 'del'; readonly key: string };

/** Operations that are written together, and who waits for them. */
interface Batch {
  readonly operations: Operation[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const RECORD = 'record!';
const CONTENT = 'content!';
const ANSWER = 'answer!';

/**
 * Queued calls in LevelDB: a record of each, and apart from it its content and its answer. What is written while the
 * disk is busy goes out together, so that many callers share one flush.
 */
export class CallStore {
  readonly #folder: string;
  #database: Database | undefined;
  #waiting: Batch[] = [];
  #writing: Promise<void> | undefined;
  #opening: Promise<Database> | undefined;
  /** The database that failed, until it is closed. */
  #closing: Promise<void> | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws GatewayError STORAGE_FAILED */
  static async open(folder: string): Promise<CallStore> {
    await makeStateFolder(folder);
    const store = new CallStore(folder);
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

  async readContent(id: string): Promise<CallContent | undefined> {
    const read = await this.#read(CONTENT + id);
    return read && ({ ...read.head, body: read.body } as CallContent);
  }

  async readAnswer(id: string): Promise<CallAnswer | undefined> {
    const read = await this.#read(ANSWER + id);
    return read && ({ ...read.head, body: read.body } as CallAnswer);
  }

  /** Writes a record, with its content where that is new. @throws GatewayError STORAGE_FAILED */
  put(record: CallRecord, content?: CallContent): Promise<void> {
    const operations = [putRecord(record)];
    if (content) operations.push(putContent(record.id, content));
    return this.#write(operations);
  }

  /** Writes a record with what the function answered. */
  putAnswer(record: CallRecord, answer: CallAnswer): Promise<void> {
    return this.#write([putRecord(record), { type: 'put', key: ANSWER + record.id, value: packed(answer) }]);
  }

  /** Writes a record that needs its answer no more, and its content only where that is said. */
  finish(record: CallRecord, keepsContent: boolean): Promise<void> {
    const operations: Operation[] = [putRecord(record), { type: 'del', key: ANSWER + record.id }];
    if (!keepsContent) operations.push({ type: 'del', key: CONTENT + record.id });
    return this.#write(operations);
  }

  /** Writes a new call in the place of an old one, both or nothing. @throws GatewayError STORAGE_FAILED */
  replace(oldId: string, record: CallRecord, content: CallContent): Promise<void> {
    return this.#write([...removalsOf(oldId), putRecord(record), putContent(record.id, content)]);
  }

  remove(ids: readonly string[]): Promise<void> {
    return this.#write(ids.flatMap(removalsOf));
  }

  #write(operations: Operation[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ operations, resolve, reject });
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
          { sync: true },
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

  async #read(key: string): Promise<{ head: object; body: Buffer } | undefined> {
    const database = await this.#open();
    const value = await database.get(key);
    if (value === undefined) return undefined;
    const length = value.readUInt32BE();
    const head = JSON.parse(value.toString('utf8', 4, 4 + length)) as object;
    return { head, body: value.subarray(4 + length) };
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

/** All but the body as JSON, with its length before it, then the body. */
function packed({ body, ...rest }: CallContent | CallAnswer): Buffer {
  const head = Buffer.from(JSON.stringify(rest));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, body]);
}

/** LevelDB's own reason stands behind the library's. */
function reasonOf(thrown: unknown): string {
  let deepest = thrown;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  return messageOf(deepest);
}
