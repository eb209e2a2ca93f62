/** A simple command of a line for a shell. */
export interface ShellCommand {
  readonly text: string;
  /** How it hangs on the command before: `;` also for the first and for a new line. */
  readonly joint: ';' | '&&' | '||';
}

/** The words of a shell that stand before a command. */
export type Keyword = 'if' | 'then' | 'elif' | 'else' | 'fi';

/** Parts a line at `;`, `&&`, `||` and line breaks, outside quotes; a pipe stays one command. */
export function splitShellLine(line: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let joint: ShellCommand['joint'] = ';';
  let text = '';
  const take = (next: ShellCommand['joint']): void => {
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
      if (one === quote) quote = '';
      text += one;
    } else if (one === '"' || one === "'") {
      quote = one;
      text += one;
    } else if (two === '&&' || two === '||') {
      take(two);
      at += 1;
    } else if (one === ';' || one === '\n') take(';');
    else text += one;
  }
  take(';');
  return commands;
}

/** Takes a keyword off the command that it stands before. */
export function splitKeyword(text: string): { keyword: Keyword | undefined; rest: string } {
  const found = /^(if|then|elif|else|fi)(?:\s+(.*))?$/s.exec(text);
  return found ? { keyword: found[1] as Keyword, rest: found[2] ?? '' } : { keyword: undefined, rest: text };
}
