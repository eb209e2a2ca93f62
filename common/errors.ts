/** Gives the text of anything that was thrown, on one line. */
export function messageOf(thrown: unknown): string {
  // the error of a host with several addresses, none of which answers, has no text of its own
  if (thrown instanceof AggregateError && thrown.message === '')
    return thrown.errors.map(messageOf).join(', ');
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}

/** Gives the system's code of an error (`ENOENT`), if it has one. */
export function systemCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
