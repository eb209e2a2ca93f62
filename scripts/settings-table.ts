import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { watchdogSettingsAsMarkdown } from '../watchdog/settings/document.ts';

/** Writes the table of settings into docs/fwatchdog.md; with --check only looks whether it is there as it should be. */

const FILE = 'docs/fwatchdog.md';
const START = '<!-- settings: made by `npm run docs` -->';
const END = '<!-- /settings -->';

const document = readFileSync(FILE, 'utf8');
const start = document.indexOf(START);
const end = document.indexOf(END);
if (start === -1 || end === -1) {
  console.error(`${FILE} has no place for the settings: ${START} … ${END}`);
  process.exit(1);
}
const draft = `${document.slice(0, start)}${START}\n\n${watchdogSettingsAsMarkdown()}\n\n${document.slice(end)}`;
const updated = await format(draft, { parser: 'markdown', printWidth: 110 });
if (process.argv.includes('--check')) {
  if (updated === document) process.exit(0);
  console.error(`the settings in ${FILE} are not those of watchdog/settings/table.ts: run npm run docs`);
  process.exit(1);
}
writeFileSync(FILE, updated);
