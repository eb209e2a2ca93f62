import { Arg, DockerfileParser, Env, From, type Dockerfile, type Instruction } from 'dockerfile-ast';

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
  /** Everything behind the keyword, flags included, without line breaks. */
  readonly text: string;
  /** The pairs of an ARG or ENV. */
  readonly pairs: readonly (readonly [name: string, value: string | undefined])[];
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
  for (const instruction of file.getInstructions()) {
    if (instruction instanceof From) {
      const base = instruction.getImage() ?? '';
      const line = instruction.getRange().start.line + 1;
      stages.push({ line, base, name: instruction.getBuildStage() ?? undefined, instructions: [] });
      continue;
    }
    const parsed = readInstruction(instruction);
    const stage = stages.at(-1);
    if (stage) stage.instructions.push(parsed);
    else for (const [name, value] of parsed.pairs) globalArguments[name] = value ?? '';
  }
  return { stages, globalArguments };
}

/** The end of a line that is continued, with the comments and the empty lines behind it. */
const CONTINUED = /\\[ \t]*\r?\n(?:[ \t]*(?:#.*)?\r?\n)*/g;

function readInstruction(instruction: Instruction): ParsedInstruction {
  const text = instruction.getTextContent();
  return {
    line: instruction.getRange().start.line + 1,
    keyword: instruction.getKeyword(),
    text: text.slice(instruction.getInstruction().length).replaceAll(CONTINUED, ' ').trim(),
    pairs: readPairs(instruction),
  };
}

function readPairs(instruction: Instruction): [string, string | undefined][] {
  if (instruction instanceof Arg) {
    const property = instruction.getProperty();
    return property ? [[property.getName(), property.getValue() ?? undefined]] : [];
  }
  if (!(instruction instanceof Env)) return [];
  return instruction.getProperties().map((property) => [property.getName(), property.getValue() ?? '']);
}
