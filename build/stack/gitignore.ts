const IGNORED = ['template', 'build', '.secrets'];

/** Adds the folders that are no sources to the text of .gitignore, as faas-cli does. */
export function withIgnored(text: string): string {
  const lines = text.split('\n');
  for (const entry of IGNORED) {
    if (!lines.includes(entry)) lines.push(entry);
  }
  return `${lines.join('\n').replaceAll(/^\n+|\n+$/g, '')}\n`;
}
