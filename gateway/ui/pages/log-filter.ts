/** What lines are wanted. */
export interface LogFilter {
  test(text: string): boolean;
  /** Why it cannot be read; then every line is wanted. */
  readonly error?: string;
}

/** A text that lines have in them, in any case; between two slashes, a pattern. */
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
