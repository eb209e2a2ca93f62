import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { KitError } from '../errors.ts';

const NULL = /^(?:null|~|)$/i;

/**
 * A YAML file read as faas-cli's typed decoder reads it: every scalar is the text as written (`1.0` stays `1.0`),
 * null is the empty text, a key that nobody asks for is ignored, and a value of the wrong kind is an error that
 * names its line.
 */
export class YamlValue {
  readonly #node: Node | undefined;
  readonly #source: Source;
  readonly #path: string;

  constructor(node: Node | undefined, source: Source, path: string) {
    this.#node = node;
    this.#source = source;
    this.#path = path;
  }

  get(key: string): YamlValue {
    return this.entries().find(([name]) => name === key)?.[1] ?? new YamlValue(undefined, this.#source, key);
  }

  /** The pairs of a mapping, in the file's order; none where there is nothing. */
  entries(): [string, YamlValue][] {
    const node = this.#resolved();
    if (node === undefined) return [];
    if (!isMap(node)) throw this.#wrong('a mapping');
    const pairs = new Map<string, YamlValue>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      const path = this.#path ? `${this.#path}.${name}` : name;
      const child = new YamlValue((value as Node | null) ?? undefined, this.#source, path);
      if (name === '<<')
        for (const [merged, inner] of child.#mergedEntries()) setDefault(pairs, merged, inner);
      else pairs.set(name, child);
    }
    return [...pairs];
  }

  text(): string {
    const node = this.#resolved();
    if (node === undefined) return '';
    if (!isScalar(node)) throw this.#wrong('a text');
    return String(node.value);
  }

  texts(): string[] {
    return this.items().map((item) => item.text());
  }

  items(): YamlValue[] {
    const node = this.#resolved();
    if (node === undefined) return [];
    if (!isSeq(node)) throw this.#wrong('a list');
    return node.items.map((item, index) => {
      return new YamlValue((item as Node | null) ?? undefined, this.#source, `${this.#path}[${index}]`);
    });
  }

  /** A mapping of texts. */
  record(): Record<string, string> {
    return Object.fromEntries(this.entries().map(([key, value]) => [key, value.text()]));
  }

  flag(): boolean {
    const text = this.text();
    if (text === '' || /^(?:false|no|off|n)$/i.test(text)) return false;
    if (/^(?:true|yes|on|y)$/i.test(text)) return true;
    throw this.#wrong('true or false');
  }

  #mergedEntries(): [string, YamlValue][] {
    const node = this.#resolved();
    return isSeq(node) ? this.items().flatMap((item) => item.entries()) : this.entries();
  }

  /** The node behind an alias; undefined for null. */
  #resolved(): Node | undefined {
    const node = isAlias(this.#node) ? this.#node.resolve(this.#source.document) : this.#node;
    return isScalar(node) && node.type === 'PLAIN' && NULL.test(String(node.value)) ? undefined : node;
  }

  #wrong(expected: string): KitError {
    const offset = this.#node?.range?.[0] ?? 0;
    const { line } = this.#source.lines.linePos(offset);
    return new KitError('INVALID', `${this.#source.file} line ${line}: ${this.#path} is to be ${expected}`);
  }
}

interface Source {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

/**
 * @param text YAML
 * @param file its name, for errors
 * @throws KitError INVALID with the line that is no YAML
 */
export function readYaml(text: string, file: string): YamlValue {
  const lines = new LineCounter();
  // The failsafe schema leaves every scalar a text.
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    const [reason] = error.message.split('\n');
    throw new KitError('INVALID', `${file} line ${line}, column ${col} is not valid YAML: ${reason ?? ''}`);
  }
  return new YamlValue(document.contents ?? undefined, { file, document: document as Document, lines }, '');
}

function setDefault(pairs: Map<string, YamlValue>, key: string, value: YamlValue): void {
  if (!pairs.has(key)) pairs.set(key, value);
}
