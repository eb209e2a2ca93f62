import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TEMPLATES } from './host.ts';
import { makeCompiled } from './install.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

test('what templates share is what its source makes of it', async () => {
  await run(process.execPath, ['--import', 'tsx', 'scripts/templates.ts', '--check'], { cwd: ROOT });
});

test('no template reaches out of its folder', async () => {
  const found: string[] = [];
  for (const entry of await readdir(TEMPLATES, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.[jt]s$/.test(entry.name) || entry.parentPath.includes('node_modules'))
      continue;
    const depth = entry.parentPath.slice(TEMPLATES.length + 1).split('/').length - 1;
    const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
    for (const [, path = ''] of text.matchAll(/(?:from|import\(|require\() ?'(\.[^']*)'/g)) {
      if ((path.match(/\.\.\//g) ?? []).length > depth) found.push(`${entry.name}: ${path}`);
    }
  }
  assert.deepEqual(found, []);
});

test('the JavaScript of the templates holds its types, and those that handlers are given', async (t) => {
  const web = await makeCompiled(t, 'ts-web');
  const files = ['node24/index.js', 'node24/function/handler.js', 'ts-fork/index.js', 'ts-http/listener.js'];
  const flags = [
    '--ignoreConfig --noEmit --allowJs --checkJs --strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes',
    '--noUnusedLocals --noUnusedParameters --noImplicitOverride --module nodenext --target es2023',
    '--allowImportingTsExtensions --skipLibCheck --types node --typeRoots',
  ].flatMap((line) => line.split(' '));
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  const paths = [...files.map((path) => join(TEMPLATES, path)), join(web, 'index.js')];
  await run(tsc, [...flags, join(ROOT, 'node_modules/@types'), ...paths], { cwd: ROOT }).catch(
    ({ stdout }: { stdout: string }) => assert.fail(stdout),
  );
});
