import {
  DockerfileParser,
  Env,
  From,
  Keyword,
  Onbuild,
  type Dockerfile,
  type Instruction,
} from 'dockerfile-ast';
import { shellWords } from './words.ts';

/** The parts of a Dockerfile that ofkit uses. */
export interface ParsedDockerfile {
  readonly stages: readonly ParsedStage[];
  /** The defaults of the build arguments that stand before the first FROM. */
  readonly globalArguments: Readonly<Record<string, string>>;
}

interface ParsedStage {
  readonly line: number;
  /** The image or the stage that it begins with, as written. */
  readonly base: string;
  readonly name: string | undefined;
  readonly instructions: readonly ParsedInstruction[];
}

export interface ParsedInstruction {
  readonly line: number;
  readonly keyword: string;
  /** Everything behind the keyword, flags included, without line breaks. A COPY or ADD is without its documents. */
  readonly text: string;
  /** The files whose text a COPY or ADD has in itself (`<<END`). */
  readonly documents: readonly ParsedDocument[];
  /** The pairs of an ARG or ENV. */
  readonly pairs: readonly (readonly [name: string, value: string | undefined])[];
  /** The instruction behind an ONBUILD; undefined for any other instruction. */
  readonly trigger?: ParsedInstruction | undefined;
}

/** A file whose text stands in the Dockerfile. */
export interface ParsedDocument {
  readonly name: string;
  readonly text: string;
  /** Whether its variables stay as they are, because its name is in quotes. */
  readonly isLiteral: boolean;
}

/** Reads a Dockerfile. A text that is no Dockerfile has no stages. */
export function parseDockerfile(text: string): ParsedDockerfile {
  const file: Dockerfile = DockerfileParser.parse(text);
  const stages: {
    line: number;
    base: string;
    name: string | undefined;
    instructions: ParsedInstruction[];
  }[] = [];
  const globalArguments: Record<string, string> = {};
  const read = readerOf(file.getEscapeCharacter(), text.split(/\r?\n/));
  for (const instruction of file.getInstructions()) {
    if (instruction instanceof From) {
      const base = instruction.getImage() ?? '';
      const line = instruction.getRange().start.line + 1;
      stages.push({ line, base, name: instruction.getBuildStage() ?? undefined, instructions: [] });
      continue;
    }
    const parsed = read(instruction);
    const stage = stages.at(-1);
    if (stage) stage.instructions.push(parsed);
    else for (const [name, value] of parsed.pairs) globalArguments[name] = value ?? '';
  }
  return { stages, globalArguments };
}

/** The instructions that an engine knows. */
const KEYWORDS: ReadonlySet<string> = new Set(Object.values(Keyword));

/** Lists the instructions that no engine knows, such as a misspelt one. */
export function unknownInstructions({ stages }: ParsedDockerfile): ParsedInstruction[] {
  const all = stages.flatMap(({ instructions }) => instructions);
  return all.filter(({ keyword }) => !KEYWORDS.has(keyword));
}

/**
 * Makes the reader of instructions.
 * @param escape the character that continues a line: a backslash, or a backtick
 * @param lines the lines of the Dockerfile
 */
function readerOf(escape: string, lines: readonly string[]): (instruction: Instruction) => ParsedInstruction {
  // The end of a line that is continued, with the comments and the empty lines behind it.
  const continued = new RegExp(`\\${escape}[ \\t]*\\r?\\n(?:[ \\t]*(?:#.*)?\\r?\\n)*`, 'g');
  const read = (instruction: Instruction): ParsedInstruction => {
    const line = instruction.getRange().start.line + 1;
    const documents = readDocuments(instruction, lines);
    const whole = instruction.getTextContent();
    const own = documents.length > 0 ? (/^.*/.exec(whole)?.[0] ?? '') : whole;
    const written = own.slice(instruction.getInstruction().length);
    const text = written.replaceAll(continued, ' ').trim();
    const trigger = instruction instanceof Onbuild ? instruction.getTriggerInstruction() : null;
    return {
      line,
      keyword: instruction.getKeyword(),
      text,
      documents,
      pairs: readPairs(instruction, text),
      trigger: trigger ? { ...read(trigger), line } : undefined,
    };
  };
  return read;
}

/** The mark of a document in a COPY or ADD: `<<END`, `<<-END`, `<<"END"`. */
const DOCUMENT = /(?<=\s)<<(-?)(["']?)([^\s"'<>]+)\2(?=\s)/g;

function readDocuments(instruction: Instruction, lines: readonly string[]): ParsedDocument[] {
  if (!/^(?:COPY|ADD)$/.test(instruction.getKeyword())) return [];
  const { line } = instruction.getRange().start;
  let first = line + 1;
  return [...(lines[line] ?? '').matchAll(DOCUMENT)].map(([, dash, quote, name = '']) => {
    const rest = lines.slice(first).map((one) => (dash ? one.replace(/^\t+/, '') : one));
    const end = rest.indexOf(name);
    const content = end === -1 ? rest : rest.slice(0, end);
    first += content.length + 1;
    return { name, text: content.map((one) => `${one}\n`).join(''), isLiteral: quote !== '' };
  });
}

function readPairs(instruction: Instruction, text: string): [string, string | undefined][] {
  // The library reads `ARG A B` as `ENV A B`, one name and its value.
  if (instruction.getKeyword() === 'ARG')
    return shellWords(text).map((word) => {
      const mark = word.indexOf('=');
      return mark === -1 ? [word, undefined] : [word.slice(0, mark), word.slice(mark + 1)];
    });
  if (!(instruction instanceof Env)) return [];
  return instruction.getProperties().map((property) => [property.getName(), property.getValue() ?? '']);
}
