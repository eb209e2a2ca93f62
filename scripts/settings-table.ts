import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { settingsAsMarkdown } from '../common/settings/document.ts';
import { EXCHANGE_ERRORS } from '../common/http/http-error.ts';
import { flagsAsMarkdown } from '../build/cli/flags-document.ts';
import { KIT_ERRORS } from '../build/errors.ts';
import { GATEWAY_ERRORS } from '../gateway/errors.ts';
import { SETTINGS as GATEWAY_SETTINGS } from '../gateway/settings/table.ts';
import { WATCHDOG_ERRORS } from '../watchdog/errors.ts';
import { watchdogSettingsAsMarkdown } from '../watchdog/settings/document.ts';

/** Writes tables into the documentation that are made from the sources. With --check it only compares them. */

interface Generated {
  readonly file: string;
  /** The name in the comments around it: `<!-- NAME: made by … -->` and `<!-- /NAME -->`. */
  readonly name: string;
  /** The file that it is made from. */
  readonly source: string;
  readonly markdown: string;
}

const TABLES: readonly Generated[] = [
  {
    file: 'docs/fwatchdog.md',
    name: 'settings',
    source: 'watchdog/settings/table.ts',
    markdown: watchdogSettingsAsMarkdown(),
  },
  {
    file: 'docs/fwatchdog.md',
    name: 'errors',
    source: 'watchdog/errors.ts',
    markdown: errorsAsMarkdown(WATCHDOG_ERRORS),
  },
  {
    file: 'docs/gateway.md',
    name: 'settings',
    source: 'gateway/settings/table.ts',
    markdown: settingsAsMarkdown(Object.values(GATEWAY_SETTINGS)),
  },
  {
    file: 'docs/gateway.md',
    name: 'errors',
    source: 'gateway/errors.ts',
    markdown: errorsAsMarkdown({ ...EXCHANGE_ERRORS, ...GATEWAY_ERRORS }),
  },
  {
    file: 'docs/ofkit.md',
    name: 'flags',
    source: 'build/cli',
    markdown: flagsAsMarkdown(),
  },
  {
    file: 'docs/ofkit.md',
    name: 'errors',
    source: 'build/errors.ts',
    markdown: errorsAsMarkdown(KIT_ERRORS),
  },
];

const isCheck = process.argv.includes('--check');
for (const table of TABLES) await update(table);

async function update({ file, name, source, markdown }: Generated): Promise<void> {
  const document = readFileSync(file, 'utf8');
  const opening = `<!-- ${name}: made by \`npm run docs\` -->`;
  const start = document.indexOf(opening);
  const end = document.indexOf(`<!-- /${name} -->`);
  if (start === -1 || end === -1) {
    console.error(`${file} has no place for the ${name}: ${opening} … <!-- /${name} -->`);
    process.exit(1);
  }
  const draft = `${document.slice(0, start)}${opening}\n\n${markdown}\n\n${document.slice(end)}`;
  const updated = await format(draft, { parser: 'markdown', printWidth: 110 });
  if (updated === document) return;
  if (isCheck) {
    console.error(`the ${name} in ${file} are not those of ${source}: run npm run docs`);
    process.exit(1);
  }
  writeFileSync(file, updated);
}

interface ErrorRow {
  readonly meaning: string;
  /** The HTTP status of an answer. */
  readonly status?: number;
  /** The exit status of a program. */
  readonly exit?: number;
}

/** A table of codes: exit statuses first, then HTTP statuses, each by its number. */
function errorsAsMarkdown(errors: Readonly<Record<string, ErrorRow>>): string {
  const rows = Object.entries(errors).map(([code, row]) => ({ code, ...row }));
  const sorted = rows.sort((a, b) => (a.status ?? 0) - (b.status ?? 0) || (a.exit ?? 0) - (b.exit ?? 0));
  const hasBoth =
    rows.some(({ exit }) => exit !== undefined) && rows.some(({ status }) => status !== undefined);
  const titles = rows.some(({ status }) => status !== undefined) ? 'Status' : 'Exit status';
  const lines = sorted.map(({ code, status, exit, meaning }) => {
    const first = status === undefined && hasBoth ? `exit ${exit}` : String(status ?? exit);
    return `| ${first} | \`${code}\` | ${meaning} |`;
  });
  return [`| ${titles} | Code | What for |`, '| --- | --- | --- |', ...lines].join('\n');
}
