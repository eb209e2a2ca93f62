import { COLUMNS } from './columns.ts';

/** The user's choices for the table. */
export interface View {
  /** The index of the column that rows are sorted by. */
  readonly column: number;
  readonly isReversed: boolean;
  /** How many rows are scrolled past. */
  readonly offset: number;
}

export const FIRST_VIEW: View = { column: 0, isReversed: false, offset: 0 };

/** The line that explains the keys. */
export const KEYS_LINE = 'q quit   ←/→ order by column   r reverse   ↑/↓ j/k PgUp/PgDn scroll';

/**
 * Changes a view by a key. A key without a meaning changes nothing.
 * @param key its name, as node:readline gives it
 * @param page rows that are seen at a time
 * @param rows rows in all
 */
export function pressed(view: View, key: string, { page, rows }: { page: number; rows: number }): View {
  const columns = COLUMNS.length;
  const by = (column: number): View => ({
    column: (column + columns) % columns,
    isReversed: false,
    offset: 0,
  });
  const to = (offset: number): View => ({ ...view, offset: Math.max(0, Math.min(offset, rows - page)) });
  switch (key) {
    case 'left':
      return by(view.column - 1);
    case 'right':
      return by(view.column + 1);
    case 'r':
      return { ...view, isReversed: !view.isReversed, offset: 0 };
    case 'up':
    case 'k':
      return to(view.offset - 1);
    case 'down':
    case 'j':
      return to(view.offset + 1);
    case 'pageup':
      return to(view.offset - page);
    case 'pagedown':
    case 'space':
      return to(view.offset + page);
    case 'home':
      return to(0);
    case 'end':
      return to(rows);
    default:
      return view;
  }
}
