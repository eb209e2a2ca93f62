import { settingsAsMarkdown, settingsAsText } from '../../common/settings/document.ts';
import type { Setting } from './setting.ts';
import { SETTINGS } from './table.ts';

const ROWS = Object.values<Setting<unknown>>(SETTINGS);

/** Makes the table of the watchdog's settings for the documentation, in Markdown. */
export function watchdogSettingsAsMarkdown(): string {
  return settingsAsMarkdown(ROWS, [{ title: 'Modes', cell: ({ modes }) => modes }]);
}

/** Makes the list of the watchdog's settings for `--help`. */
export function watchdogSettingsAsText(): string {
  return settingsAsText(ROWS);
}
