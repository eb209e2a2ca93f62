/** @returns the text of anything that was thrown, on one line */
export function messageOf(thrown: unknown): string {
  // if none of a host's addresses answers, the error has no text of its own
  if (thrown instanceof AggregateError && thrown.message === '')
    return thrown.errors.map(messageOf).join(', ');
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}

/** @returns the system's code of an error (`ENOENT`), if it has one */
export function systemCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
