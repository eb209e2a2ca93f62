import { flagOf, type Setting } from './setting.ts';
import { SETTINGS } from './table.ts';

/** A setting as it is on the command line and in `--help`. */
export interface SettingFlag {
  readonly name: string;
  readonly flag: string;
  readonly description: string;
}

function rows(): Setting<unknown>[] {
  return Object.values<Setting<unknown>>(SETTINGS);
}

function fallbackOf(row: Setting<unknown>): string {
  if (row.fallbackText !== undefined) return row.fallbackText;
  if (row.fallback === undefined) return '';
  const text = row.parser.print(row.fallback);
  return text === '' ? '' : `\`${text}\``;
}

/** The table of settings in Markdown, as it stands in the documentation. */
export function settingsAsMarkdown(): string {
  const lines = rows().map((row) => `| \`${row.name}\` | ${fallbackOf(row)} | ${row.line} |`);
  return ['| Setting | Default | What it does |', '| --- | --- | --- |', ...lines].join('\n');
}

/** All settings as flags. */
export function settingFlags(): SettingFlag[] {
  return rows().map((row) => {
    const fallback = fallbackOf(row);
    const description = fallback === '' ? row.line : `${row.line} (default: ${fallback})`;
    return { name: row.name, flag: flagOf(row.name), description: description.replaceAll('`', '') };
  });
}
