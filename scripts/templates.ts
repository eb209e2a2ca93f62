import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WATCHDOG_IMAGE } from '../build/release.ts';

/**
 * Writes the common files of the templates into each of them, so that each is whole by itself. `tsx
 * scripts/templates.ts` writes them; with --check it names the files that differ. node24 is the source of the other
 * Node versions and of the adapter. A Dockerfile gets the watchdog's image and the checksum of its sample test from
 * here.
 */

const ROOT = fileURLToPath(new URL('../templates', import.meta.url));
const SOURCE_VERSION = '24';
const OTHER_VERSIONS = ['22', '26'];

/** Files that TypeScript templates take from the Node ones, and from each other. */
const COPIES: readonly { readonly from: string; readonly to: readonly string[] }[] = [
  { from: 'node24/index.js', to: ['ts-http/index.js', 'ts-web/index.js'] },
  { from: 'node24/inproc.js', to: ['ts-http/inproc.js', 'ts-web/inproc.js'] },
  { from: 'node24/package.json', to: ['ts-http/package.json'] },
  { from: 'node24/adapter/start.js', to: ['ts-http/adapter/start.js', 'ts-web/adapter/start.js'] },
  ...['content-type', 'header-bytes', 'promise'].map((name) => ({
    from: `node24/adapter/${name}.js`,
    to: [`ts-http/adapter/${name}.js`, `ts-web/adapter/${name}.js`],
  })),
  ...[
    'answer',
    'body',
    'byte-stream',
    'charset',
    'context',
    'errors',
    'event',
    'form',
    'listener',
    'reply',
    'settings',
  ].map((name) => ({
    from: `node24/adapter/${name}.js`,
    to: [`ts-http/adapter/${name}.js`],
  })),
  { from: 'node24/function/openfaas.d.ts', to: ['ts-http/function/openfaas.d.ts'] },
  { from: 'ts-http/.dockerignore', to: ['ts-web/.dockerignore', 'ts-fork/.dockerignore'] },
  ...['package.json', 'tsconfig.json', '.gitignore'].map((name) => ({
    from: `ts-http/function/${name}`,
    to: [`ts-web/function/${name}`, `ts-fork/function/${name}`],
  })),
];

const ATTRIBUTES = '../.gitattributes';

/** All generated files, by their paths below templates/; null for a file that must not be there. */
async function generate(): Promise<Map<string, string | null>> {
  const files = new Map<string, string | null>();
  const source = `node${SOURCE_VERSION}`;
  const sources = await filesIn(source);
  for (const version of OTHER_VERSIONS) {
    for (const path of await filesIn(`node${version}`)) files.set(path, null);
  }
  for (const path of await dockerfiles()) {
    const text = await completeDockerfile(path);
    if (!path.startsWith('node') || path.startsWith(source)) files.set(path, text);
  }
  for (const path of sources) {
    const text = files.get(path) ?? (await read(path));
    for (const version of OTHER_VERSIONS) {
      const text2 = text
        .replaceAll(source, `node${version}`)
        .replaceAll(`node:${SOURCE_VERSION}`, `node:${version}`);
      files.set(path.replace(source, `node${version}`), text2);
    }
  }
  for (const { from, to } of COPIES) {
    for (const path of to) files.set(path, await read(from));
  }
  files.set(ATTRIBUTES, attributesOf([...files.keys()].filter((path) => !sources.includes(path))));
  return files;
}

/** Makes the attributes by which hosts of git fold the copies in the view of a change. */
function attributesOf(copies: readonly string[]): string {
  const whole = OTHER_VERSIONS.map((version) => `templates/node${version}/**`);
  const files = copies
    .filter((path) => !/^node\d|Dockerfile$/.test(path))
    .map((path) => `templates/${path}`)
    .sort();
  const lines = [...whole, ...files].map((path) => `${path} linguist-generated`);
  return ['# Made by scripts/templates.ts: copies of files of other templates', ...lines, ''].join('\n');
}

async function dockerfiles(): Promise<string[]> {
  const paths = await filesIn('.');
  return paths.filter((path) => path.endsWith('Dockerfile'));
}

async function completeDockerfile(path: string): Promise<string> {
  const text = (await read(path)).replace(/^ARG WATCHDOG_IMAGE=.*$/m, `ARG WATCHDOG_IMAGE=${WATCHDOG_IMAGE}`);
  const sample = /"\w+ {2}(handler\.test\.[jt]s)"/.exec(text);
  if (!sample?.[1]) return text;
  const bytes = await readFile(join(ROOT, dirname(path), 'function', sample[1]));
  return text.replace(sample[0], `"${createHash('sha256').update(bytes).digest('hex')}  ${sample[1]}"`);
}

/** Lists the files below a folder of templates/, except those of npm and the compiler. */
async function filesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(join(ROOT, folder), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile()) found.push(path);
    else if (!['node_modules', 'dist'].includes(entry.name)) found.push(...(await filesIn(path)));
  }
  return found;
}

async function read(path: string): Promise<string> {
  return readFile(join(ROOT, path), 'utf8');
}

const isCheck = process.argv.includes('--check');
const different: string[] = [];
for (const [path, text] of await generate()) {
  const file = join(ROOT, path);
  const present = await readFile(file, 'utf8').catch(() => null);
  if (present === text) continue;
  different.push(relative(process.cwd(), file));
  if (isCheck) continue;
  if (text === null) {
    await rm(file);
  } else {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
if (isCheck && different.length > 0) {
  console.error(`${different.join('\n')}\ndiffer from their source: run "npx tsx scripts/templates.ts"`);
  process.exitCode = 1;
}
