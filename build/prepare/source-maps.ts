import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { originalOf, type Origins } from './source-places.ts';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const LARGEST_MAPPED = 256 << 10;

/**
 * Rewrites the source maps of a generation to the user's own files, so that stack traces and the debugger show them.
 * @param inspected whether the handler's plain JavaScript gets maps to its originals too, for the debugger
 */
export async function pointMapsToOriginals(origins: Origins, inspected: boolean): Promise<void> {
  for (const path of await codeFiles(origins.generation)) {
    if (path.endsWith('.map')) await rewriteMap(path, origins);
    else if (inspected) await mapToOriginal(path, origins);
  }
}

async function codeFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') found.push(...(await codeFiles(path)));
    else if (entry.isFile() && /\.(?:[cm]?js|map)$/.test(entry.name)) found.push(path);
  }
  return found;
}

async function rewriteMap(path: string, origins: Origins): Promise<void> {
  let map: { sources?: unknown; sourceRoot?: unknown };
  try {
    map = JSON.parse(await readFile(path, 'utf8')) as typeof map;
  } catch {
    return; // Node cannot read this map either
  }
  const { sources, sourceRoot } = map;
  if (!Array.isArray(sources)) return;
  const root = typeof sourceRoot === 'string' ? sourceRoot : '';
  const absolute = sources.map((source) => resolve(dirname(path), root, String(source)));
  delete map.sourceRoot;
  await writeFile(
    path,
    JSON.stringify({ ...map, sources: absolute.map((file) => originalOf(file, origins) ?? file) }),
  );
}

/** Appends a map from every character to the same place in the original. */
async function mapToOriginal(path: string, origins: Origins): Promise<void> {
  const original = originalOf(path, origins);
  if (original === undefined) return;
  const text = await readFile(path, 'utf8');
  if (text.length > LARGEST_MAPPED || text.includes('//# sourceMappingURL=')) return;
  const map = { version: 3, sources: [original], names: [], mappings: identityMappings(text) };
  const encoded = Buffer.from(JSON.stringify(map)).toString('base64');
  await writeFile(path, `${text}\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`);
}

function identityMappings(text: string): string {
  let column = 0;
  return text
    .split('\n')
    .map((line, index) => {
      const start = index === 0 ? 'AAAA' : `AAC${quantity(-column)}`;
      column = line.length;
      return start + ',CAAC'.repeat(line.length);
    })
    .join(';');
}

/** Writes a number as a base64 VLQ (ECMA-426). */
function quantity(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = '';
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += BASE64.charAt(rest > 0 ? digit | 32 : digit);
  } while (rest > 0);
  return text;
}
