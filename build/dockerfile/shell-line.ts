/** A single command in a line for a shell. */
export interface ShellCommand {
  readonly text: string;
  /** The sign that joins it to the command before. The first command and a new line have `;`. */
  readonly joint: ';' | '&&' | '||';
}

/** The words of a shell that may stand before a command. */
export type Keyword = 'if' | 'then' | 'elif' | 'else' | 'fi';

/**
 * Splits a line at `;`, `&&`, `||`, `&` and line breaks outside quotes. A pipe stays one command, as does a loop or a `case` to
 * its end: neither is followed.
 */
export function splitShellLine(line: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let joint: ShellCommand['joint'] = ';';
  let text = '';
  /** Ends a command. @param sign the sign that stands behind it; '' at the end of the line */
  const take = (next: ShellCommand['joint'], sign: string): void => {
    if (sign !== '' && isOpen(text)) {
      text += sign;
      return;
    }
    const command = text.trim();
    if (command && !command.startsWith('#')) commands.push({ text: command, joint });
    if (command || next !== ';') joint = next;
    text = '';
  };
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const one = line.charAt(at);
    const two = line.slice(at, at + 2);
    if (one === '\\') {
      text += two;
      at += 1;
    } else if (quote) {
      if (quote === ']]' ? two === quote : one === quote) quote = '';
      text += one;
    } else if (two === '[[') {
      quote = ']]'; // within it, && and || join conditions
      text += one;
    } else if (one === '"' || one === "'") {
      quote = one;
      text += one;
    } else if (two === '&&' || two === '||') {
      take(two, two);
      at += 1;
    } else if (one === ';' || one === '\n' || isBackground(line, at)) take(';', one);
    else text += one;
  }
  take(';', '');
  return commands;
}

/** Whether a character is the `&` behind a command that a shell does not wait for, and none of a redirection. */
function isBackground(line: string, at: number): boolean {
  return line[at] === '&' && !/[<>]/.test(line[at - 1] ?? '') && line[at + 1] !== '>';
}

/** Whether a text begins a loop or a `case` that it does not end. */
function isOpen(text: string): boolean {
  if (!/^\s*(?:(?:then|else|if|elif|do)\s+)?[({]?\s*(?:for|while|until|case)\s/.test(text)) return false;
  const count = (word: RegExp): number => text.match(word)?.length ?? 0;
  return (
    count(/(?<![\w-])(?:for|while|until)\s/g) > count(/(?<![\w-])done(?![\w-])/g) ||
    count(/(?<![\w-])case\s/g) > count(/(?<![\w-])esac(?![\w-])/g)
  );
}

/** Splits the keyword of a shell from the command behind it. */
export function splitKeyword(text: string): { keyword: Keyword | undefined; rest: string } {
  const found = /^(if|then|elif|else|fi)(?:\s+(.*))?$/s.exec(text);
  return found ? { keyword: found[1] as Keyword, rest: found[2] ?? '' } : { keyword: undefined, rest: text };
}

/** Rewrites a condition of bash (`[[ -f a || -f b ]]`) for any shell. */
export function plainTest(text: string): string {
  return text.replace(
    /^\[\[\s(.*)\s\]\]$/s,
    (_, inner: string) => `[ ${inner.replaceAll(/\s(&&|\|\|)\s/g, ' ] $1 [ ')} ]`,
  );
}
