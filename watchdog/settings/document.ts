import { settingsAsMarkdown, settingsAsText } from '../../common/settings/document.ts';
import type { Setting } from './setting.ts';
import { SETTINGS } from './table.ts';

const ROWS = Object.values<Setting<unknown>>(SETTINGS);

/** The table of the watchdog's settings in Markdown, as it stands in the documentation. */
export function watchdogSettingsAsMarkdown(): string {
  return settingsAsMarkdown(ROWS, [{ title: 'Modes', cell: ({ modes }) => modes }]);
}

/** The watchdog's settings for a terminal, as `--help` prints them. */
export function watchdogSettingsAsText(): string {
  return settingsAsText(ROWS);
}
