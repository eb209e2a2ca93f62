import { isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import { KitError } from '../errors.ts';

const NULL = /^(?:null|~|)$/i;

/** A YAML document with its aliases resolved, as `readYaml` makes it. */
export interface YamlSource {
  readonly file: string;
  readonly lines: LineCounter;
  /** Gives the node that an alias stands for, or a node of any other kind itself. */
  readonly resolve: (node: Node | undefined) => Node | undefined;
  /** The pairs of each mapping that was read, with the pairs that are merged into it. */
  readonly pairs: Map<Node, ReadonlyMap<string, Pair>>;
}

interface Pair {
  readonly key: Node;
  readonly value: Node | undefined;
}

/**
 * A value of a YAML file, read as faas-cli's typed decoder reads it: every scalar is its text (`1.0` stays `1.0`), null
 * is the empty text, an unknown key is ignored, and a value of the wrong kind is an error that names its line.
 */
export class YamlValue {
  readonly #node: Node | undefined;
  readonly #source: YamlSource;
  readonly #path: string;
  readonly #key: Node | undefined;

  constructor(node: Node | undefined, source: YamlSource, path: string, key?: Node) {
    this.#key = key;
    this.#node = node;
    this.#source = source;
    this.#path = path;
  }

  /** The line where the value begins; 0 where there is none. */
  get line(): number {
    const offset = this.#node?.range?.[0];
    return offset === undefined ? 0 : this.#source.lines.linePos(offset).line;
  }

  /** The line of the value's key; 0 where there is none. */
  get keyLine(): number {
    const offset = this.#key?.range?.[0];
    return offset === undefined ? 0 : this.#source.lines.linePos(offset).line;
  }

  get isMapping(): boolean {
    return isMap(this.#resolved());
  }

  get(key: string): YamlValue {
    const pair = this.#pairs().get(key);
    return new YamlValue(pair?.value, this.#source, this.#below(key), pair?.key);
  }

  /** Gives the pairs of a mapping in the file's order; none for null. */
  entries(): [string, YamlValue][] {
    return [...this.#pairs()].map(([name, { key, value }]) => [
      name,
      new YamlValue(value, this.#source, this.#below(name), key),
    ]);
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

  /** Gives a mapping of texts. */
  record(): Record<string, string> {
    return Object.fromEntries(this.entries().map(([key, value]) => [key, value.text()]));
  }

  flag(): boolean {
    const text = this.text();
    if (text === '' || /^(?:false|no|off|n)$/i.test(text)) return false;
    if (/^(?:true|yes|on|y)$/i.test(text)) return true;
    throw this.#wrong('true or false');
  }

  /** Gives the pairs of a mapping: an explicit key goes before a merged one, and an earlier merge before a later one. */
  #pairs(): ReadonlyMap<string, Pair> {
    const node = this.#resolved();
    if (node === undefined) return new Map();
    if (!isMap(node)) throw this.#wrong('a mapping');
    // Each mapping is read once. Else mappings that merge each other would take exponential time.
    const known = this.#source.pairs.get(node);
    if (known) return known;
    const pairs = new Map<string, Pair>();
    const merged: YamlValue[] = [];
    for (const { key, value } of node.items) {
      const name = this.#source.resolve(key as Node);
      const child = (value as Node | null) ?? undefined;
      if (!isScalar(name)) {
        const where = this.#path ? `a key of ${this.#path}` : 'a key';
        throw new YamlValue(key as Node, this.#source, where).#wrong('a text');
      }
      if (name.value === '<<' && name.type === 'PLAIN')
        merged.push(new YamlValue(child, this.#source, this.#below('<<')));
      else pairs.set(String(name.value), { key: key as Node, value: child });
    }
    for (const value of merged) {
      const maps = isSeq(value.#resolved()) ? value.items() : [value];
      for (const [name, inner] of maps.flatMap((map) => [...map.#pairs()]))
        if (!pairs.has(name)) pairs.set(name, inner);
    }
    this.#source.pairs.set(node, pairs);
    return pairs;
  }

  #below(key: string): string {
    return this.#path ? `${this.#path}.${key}` : key;
  }

  /** Gives the node behind an alias; undefined for null. */
  #resolved(): Node | undefined {
    const node = this.#source.resolve(this.#node);
    if (!isScalar(node) || node.type !== 'PLAIN' || node.tag === 'tag:yaml.org,2002:str') return node;
    return NULL.test(String(node.value)) ? undefined : node;
  }

  #wrong(expected: string): KitError {
    const what = this.#path || 'the whole file';
    return new KitError(
      'INVALID',
      `${this.#source.file} line ${this.line || 1}: ${what} is to be ${expected}`,
    );
  }
}
