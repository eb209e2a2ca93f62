/** A document with blocks ```console: commands behind `$ `, their further lines behind `> `, and their output. */
export interface ConsoleDocument {
  /** The texts around the blocks: one more than there are blocks. */
  readonly prose: readonly string[];
  readonly blocks: readonly (readonly Step[])[];
}

/** A command with its output. */
export interface Step {
  readonly command: string;
  readonly output: string;
}

const BLOCK = /^```console\n([^]*?)^```$/gm;

export function readDocument(text: string): ConsoleDocument {
  const prose: string[] = [];
  const blocks: Step[][] = [];
  let end = 0;
  for (const match of text.matchAll(BLOCK)) {
    prose.push(text.slice(end, match.index));
    blocks.push(readSteps(match[1] ?? ''));
    end = match.index + match[0].length;
  }
  return { prose: [...prose, text.slice(end)], blocks };
}

export function renderDocument({ prose, blocks }: ConsoleDocument): string {
  const rendered = blocks.map((steps) => `\`\`\`console\n${steps.map(renderStep).join('')}\`\`\``);
  return prose.map((text, at) => text + (rendered[at] ?? '')).join('');
}

function readSteps(text: string): Step[] {
  const steps: { command: string; output: string }[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const last = steps.at(-1);
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), output: '' });
    else if (!last) throw new Error(`a console block begins without a command: ${line}`);
    else if (last.output === '' && /^> ?/.test(line)) last.command += `\n${line.slice(2)}`;
    else last.output += `${line}\n`;
  }
  return steps;
}

function renderStep({ command, output }: Step): string {
  return `$ ${command.replaceAll('\n', '\n> ').replaceAll(/ +$/gm, '')}\n${output}`;
}
