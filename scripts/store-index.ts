import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { REPOSITORY } from '../build/release.ts';
import { readLanguage } from '../build/template/language.ts';
import type { StoreRow } from '../build/template/template-index.ts';

/**
 * Writes templates.json, the store index in OpenFaaS's format, from the templates' template.yml. With --check it only
 * compares.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const INDEX = join(ROOT, 'templates.json');
const PLATFORMS = ['x86_64', 'arm64'];

/** The facts of a template in a store for which template.yml has no field. */
const SAID: Readonly<Record<string, { readonly description: string; readonly recommended: boolean }>> = {
  'ts-http': { description: 'TypeScript on Node 24: typed event and context', recommended: true },
  'ts-web': {
    description: 'TypeScript on Node 24: a Web-standard fetch handler, streaming',
    recommended: true,
  },
  'ts-fork': {
    description: 'TypeScript on Node 24: stdin to stdout, a process per request',
    recommended: false,
  },
  node24: { description: 'JavaScript on Node 24: event, context, callback', recommended: true },
  node22: { description: 'JavaScript on Node 22: event, context, callback', recommended: false },
  node26: { description: 'JavaScript on Node 26: event, context, callback', recommended: false },
  dockerfile: { description: 'The watchdog in front of any command or server', recommended: false },
};

async function makeIndex(): Promise<string> {
  const rows: StoreRow[] = [];
  const source = new URL(REPOSITORY).pathname.split('/')[1] ?? '';
  for (const template of (await readdir(join(ROOT, 'templates'))).sort()) {
    if (template.startsWith('.')) continue;
    const { language } = await readLanguage(join(ROOT, 'templates', template));
    const said = SAID[template];
    if (!said) throw new Error(`templates/${template} needs a description in scripts/store-index.ts`);
    for (const platform of PLATFORMS) {
      const { description, recommended } = said;
      rows.push({
        template,
        platform,
        language,
        source,
        description,
        repo: REPOSITORY,
        official: 'false',
        recommended,
      });
    }
  }
  return format(JSON.stringify(rows), { parser: 'json', printWidth: 110 });
}

const expected = await makeIndex();
const present = await readFile(INDEX, 'utf8').catch(() => '');
if (!process.argv.includes('--check')) {
  await writeFile(INDEX, expected);
} else if (present !== expected) {
  console.error('templates.json is not what the templates say: run "npx tsx scripts/store-index.ts"');
  process.exitCode = 1;
}
