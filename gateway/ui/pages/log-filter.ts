/** Tells which lines of a log are shown. */
export interface LogFilter {
  test(text: string): boolean;
  /** Why the pattern cannot be read. Then every line is shown. */
  readonly error?: string;
}

/**
 * Makes a filter from the text of the search field.
 * @param search a text that lines contain, in upper or lower case; or a regular expression, as /pattern/ or /pattern/i
 */
export function filterOf(search: string): LogFilter {
  const pattern = /^\/(.+)\/([is]*)$/.exec(search);
  if (pattern) {
    try {
      const expression = new RegExp(pattern[1] ?? '', pattern[2] ?? '');
      return { test: (text) => expression.test(text) };
    } catch (thrown) {
      return { test: () => true, error: String(thrown) };
    }
  }
  const wanted = search.toLowerCase();
  return { test: (text) => text.toLowerCase().includes(wanted) };
}
