import { CANCEL, LIST, REPLAY, SHOW } from './async.ts';
import { BUILD } from './build.ts';
import { EXEC } from './exec.ts';
import type { FlagTable } from './flag.ts';
import { DOWN, LOGS, PS, TOP } from './gateway.ts';
import { GENERATE } from './generate.ts';
import { NEW } from './new.ts';
import { RUN, UP } from './run.ts';
import { PULL, STORE_DESCRIBE, STORE_LIST, STORE_PULL, VERIFY } from './template.ts';

/** The flags of each command. */
const TABLES: Readonly<Record<string, FlagTable>> = {
  new: NEW,
  build: BUILD,
  run: RUN,
  up: UP,
  exec: EXEC,
  generate: GENERATE,
  ps: PS,
  top: TOP,
  logs: LOGS,
  down: DOWN,
  'async list': LIST,
  'async show': SHOW,
  'async cancel': CANCEL,
  'async replay': REPLAY,
  'cron list': SHOW,
  'cron run': SHOW,
  'template pull': PULL,
  'template store list': STORE_LIST,
  'template store describe': STORE_DESCRIBE,
  'template store pull': STORE_PULL,
  'template verify': VERIFY,
};

/** Makes the documentation's table of all flags. A flag that several commands share is one row. */
export function flagsAsMarkdown(): string {
  const rows = new Map<string, { readonly cells: readonly string[]; readonly commands: string[] }>();
  for (const [command, table] of Object.entries(TABLES)) {
    for (const { flags, help, shownFallback, choices } of Object.values(table)) {
      const values = choices ? ` (${choices.join(', ')})` : '';
      const fallback = shownFallback === undefined ? '' : ` (default: ${shownFallback})`;
      const cells = [`\`${flags}\``, escaped(`${help}${values}${fallback}`)];
      const row = rows.get(cells.join()) ?? { cells, commands: [] };
      row.commands.push(command);
      rows.set(cells.join(), row);
    }
  }
  const lines = [...rows.values()].map(
    ({ cells: [flags, help], commands }) => `| ${flags} | ${commands.join(', ')} | ${help} |`,
  );
  return ['| Flag | Commands | What for |', '| --- | --- | --- |', ...lines].join('\n');
}

/** Escapes the characters that Markdown would read as its own. */
function escaped(text: string): string {
  return text.replaceAll(/[|*<>]/g, String.raw`\$&`);
}
