import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readDocument, renderDocument, type ConsoleDocument, type Step } from './quick-start/document.ts';
import { Session } from './quick-start/session.ts';

/**
 * Runs the commands of docs/quick-start.md with the programs of dist/, and writes their output into it, and into its
 * translation, which has the same commands. With --check it writes nothing, and fails where they differ.
 */

const [ORIGINAL, TRANSLATION] = ['quick-start.md', 'quick-start.zh.md'].map((name) =>
  fileURLToPath(new URL(`../docs/${name}`, import.meta.url)),
) as [string, string];

const isCheck = process.argv.includes('--check');
const original = readDocument(readFileSync(ORIGINAL, 'utf8'));
const translation = readDocument(readFileSync(TRANSLATION, 'utf8'));
requireSameCommands(original, translation);
const blocks = await runAll(original.blocks);
for (const [file, { prose }] of [
  [ORIGINAL, original],
  [TRANSLATION, translation],
] as const)
  update(file, renderDocument({ prose, blocks }));

async function runAll(given: ConsoleDocument['blocks']): Promise<Step[][]> {
  const session = await Session.open();
  try {
    const done: Step[][] = [];
    for (const steps of given) {
      const block: Step[] = [];
      for (const { command } of steps) block.push({ command, output: await session.run(command) });
      done.push(block);
    }
    return done;
  } finally {
    await session.close();
  }
}

function requireSameCommands(one: ConsoleDocument, other: ConsoleDocument): void {
  const commands = ({ blocks }: ConsoleDocument): string =>
    blocks.map((steps) => steps.map(({ command }) => command).join('\n')).join('\n\n');
  if (commands(one) === commands(other)) return;
  console.error(`${TRANSLATION} has other commands than ${ORIGINAL}: write the same into both`);
  process.exit(1);
}

function update(file: string, text: string): void {
  const before = readFileSync(file, 'utf8');
  if (text === before) return;
  if (!isCheck) return writeFileSync(file, text);
  const lines = text.split('\n');
  const old = before.split('\n');
  const at = lines.findIndex((line, number) => line !== old[number]);
  console.error(`${file} is not what its commands print: run npm run docs`);
  console.error(`line ${at + 1} says: ${old[at] ?? ''}\nit prints:    ${lines[at] ?? ''}`);
  process.exitCode = 1;
}
