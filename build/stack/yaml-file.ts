import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  parseAllDocuments,
  visit,
  type Alias,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';
import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import { YamlValue } from './yaml-values.ts';

/**
 * Reads the first document of a YAML file, as faas-cli does. The documents behind it do not count.
 * @param text the text of the file
 * @param file the name of the file, for errors
 * @throws KitError INVALID with the line that is no YAML, has an alias without an anchor, or repeats a key
 */
export function readYaml(text: string, file: string): YamlValue {
  const lines = new LineCounter();
  try {
    const document = firstDocument(text, lines, file);
    const aliases = document ? checkNodes(document, lines, file) : new Map<Alias, Node>();
    const resolve = (node: Node | undefined): Node | undefined => (isAlias(node) ? aliases.get(node) : node);
    return new YamlValue(document?.contents ?? undefined, { file, lines, resolve, pairs: new Map() }, '');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The parser calls itself for each level, so a deep file overflows its stack.
    throw new KitError('INVALID', `${file} is nested too deep to be read (${messageOf(error)}): flatten it`);
  }
}

/** Parses the first document. @throws KitError INVALID where it is no YAML */
export function firstDocument(text: string, lines: LineCounter, file: string): Document.Parsed | undefined {
  // The failsafe schema reads every scalar as a text.
  const options = { schema: 'failsafe', lineCounter: lines, prettyErrors: false, uniqueKeys: false } as const;
  const [document] = parseAllDocuments(text, options) as Document.Parsed[];
  const error = document?.errors[0];
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    const [reason] = error.message.split('\n');
    throw new KitError('INVALID', `${file} line ${line}, column ${col} is not valid YAML: ${reason ?? ''}`);
  }
  return document;
}

/**
 * Checks every node, even one that no command reads.
 * @returns the node of each alias: the last one of its name before it
 */
function checkNodes(document: Document.Parsed, lines: LineCounter, file: string): Map<Alias, Node> {
  const anchors = new Map<string, Node>();
  const aliases = new Map<Alias, Node>();
  const fail = (node: Node, problem: string): never => {
    const { line } = lines.linePos(node.range?.[0] ?? 0);
    throw new KitError('INVALID', `${file} line ${line}: ${problem}`);
  };
  visit(document, {
    Node(_key, node, path) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target === undefined)
          return fail(
            node,
            `*${node.source} names no anchor above it: write &${node.source} where it is meant`,
          );
        if (path.includes(target))
          return fail(node, `*${node.source} stands within &${node.source} itself: take it out`);
        aliases.set(node, target);
        return undefined;
      }
      if ((isScalar(node) || isCollection(node)) && node.anchor) anchors.set(node.anchor, node);
      if (isMap(node)) {
        const names = path.filter(isPair).map(({ key }) => (isScalar(key) ? String(key.value) : '?'));
        refuseTwins(node, names, lines, fail);
      }
      return undefined;
    },
  });
  return aliases;
}

function refuseTwins(
  map: YAMLMap,
  above: readonly string[],
  lines: LineCounter,
  fail: (node: Node, problem: string) => never,
): void {
  const seen = new Map<string, Node>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    const twin = seen.get(name);
    if (twin) {
      const what =
        above.length === 1 && above[0] === 'functions' ? `function ${name}` : [...above, name].join('.');
      const first = lines.linePos(twin.range?.[0] ?? 0).line;
      const wayOut = name === '<<' ? 'merge a list, <<: [*a, *b]' : 'rename or remove one';
      fail(key, `${what} stands twice, first on line ${first}: ${wayOut}`);
    }
    seen.set(name, key);
  }
}
