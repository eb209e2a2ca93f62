import type { Setting } from './setting.ts';
import { SETTINGS } from './table.ts';

function rows(): Setting<unknown>[] {
  return Object.values<Setting<unknown>>(SETTINGS);
}

function fallbackOf(row: Setting<unknown>): string {
  if (row.fallbackText !== undefined) return row.fallbackText;
  if (row.fallback === undefined) return '';
  return `\`${row.parser.print(row.fallback)}\``;
}

/** The table of settings in Markdown, as it stands in the documentation. */
export function settingsAsMarkdown(): string {
  const lines = rows().map((row) => {
    const names = row.names.map((name) => `\`${name}\``).join(', ');
    return `| ${names} | ${fallbackOf(row)} | ${row.modes} | ${row.line} |`;
  });
  return ['| Variable | Default | Modes | What it does |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

/** The settings for a terminal, as `--help` prints them. */
export function settingsAsText(): string {
  return rows()
    .map((row) => {
      const fallback = fallbackOf(row);
      const head = row.names.join(', ') + (fallback === '' ? '' : ` (default: ${fallback})`);
      return `  ${head}\n      ${row.line}`.replaceAll('`', '');
    })
    .join('\n');
}
