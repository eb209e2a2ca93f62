import { readFile } from 'node:fs/promises';
import { messageOf } from '../../common/errors.ts';
import { GatewayError } from '../errors.ts';
import { HttpClient } from '../http-client.ts';
import { wholeAnswer } from '../whole-answer.ts';

const ANSWER_WITHIN_MS = 10_000;
const LARGEST_INDEX = 4 << 20;
const LARGEST_ICON = 64 << 10;
/** How many pictures are fetched. Further functions have none. */
const MOST_ICONS = 200;
/** How long an index is kept before it is read again, in milliseconds. */
const FRESH_MS = 600_000;

/** The types of pictures that are accepted. SVG is safe, as browsers run no scripts in pictures. */
const PICTURE = /^image\/(?:png|jpeg|gif|webp|svg\+xml)(?:;|$)/;

const client = new HttpClient();

type Entry = Readonly<Record<string, unknown>>;

/** An index of functions that others have published, in the format of faas-cli's stores (`{"functions": [...]}`). */
export class FunctionIndex {
  readonly #source: string | undefined;
  #known: { readonly functions: readonly Entry[]; readonly at: number } | undefined;

  /** @param source a URL or a file; undefined for an empty index */
  constructor(source: string | undefined) {
    this.#source = source;
  }

  /**
   * Reads the index. Its pictures become data URLs, so that browsers need not load them from other hosts.
   * @throws GatewayError INDEX_UNAVAILABLE
   */
  async functions(): Promise<readonly Entry[]> {
    if (this.#source === undefined) return [];
    if (this.#known && performance.now() - this.#known.at < FRESH_MS) return this.#known.functions;
    try {
      const functions = await withIcons(readFunctions((await read(this.#source)).toString()));
      this.#known = { functions, at: performance.now() };
      return functions;
    } catch (thrown) {
      const text = `function_index=${this.#source} cannot be used: ${messageOf(thrown)}`;
      throw new GatewayError('INDEX_UNAVAILABLE', text, { cause: thrown });
    }
  }
}

async function read(source: string): Promise<Buffer> {
  return /^https?:\/\//.test(source) ? (await fetchBytes(source, LARGEST_INDEX)).bytes : readFile(source);
}

function readFunctions(text: string): Entry[] {
  const { functions } = JSON.parse(text) as { functions?: unknown };
  if (!Array.isArray(functions)) throw new Error('it has no list "functions"');
  return functions.filter(
    (one: unknown): one is Entry =>
      typeof one === 'object' && one !== null && 'name' in one && typeof one.name === 'string',
  );
}

async function withIcons(functions: readonly Entry[]): Promise<Entry[]> {
  return Promise.all(
    functions.map(async ({ icon, ...entry }, at) => {
      const picture = at < MOST_ICONS && typeof icon === 'string' ? await pictureOf(icon) : undefined;
      return { ...entry, ...(picture !== undefined && { icon: picture }) };
    }),
  );
}

/** @returns a data URL; undefined where the picture cannot be fetched or used */
async function pictureOf(url: string): Promise<string | undefined> {
  if (url.startsWith('data:image/')) return url.length <= 2 * LARGEST_ICON ? url : undefined;
  if (!/^https?:\/\//.test(url)) return undefined;
  const found = await fetchBytes(url, LARGEST_ICON).catch(() => undefined);
  if (!found || !PICTURE.test(found.type)) return undefined;
  return `data:${found.type.split(';')[0] ?? ''};base64,${found.bytes.toString('base64')}`;
}

async function fetchBytes(url: string, most: number): Promise<{ bytes: Buffer; type: string }> {
  const { statusCode, headers, body } = await client.ask(url, {
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const bytes = await wholeAnswer(body, most);
  if (statusCode !== 200) throw new Error(`it answered ${statusCode}`);
  return { bytes, type: String(headers['content-type'] ?? '') };
}
