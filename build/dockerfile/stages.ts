import { expandVariables } from './expand.ts';
import type { ParsedDockerfile, ParsedDocument, ParsedInstruction } from './parse.ts';

type Values = Readonly<Record<string, string>>;

/** A stage of a Dockerfile with the values that its variables have in a build. */
export interface Stage {
  readonly index: number;
  readonly line: number;
  readonly name: string | undefined;
  /** The image or the stage that it begins with. */
  readonly base: string;
  /** The stage that it begins with; undefined where that is an image. */
  readonly parent: Stage | undefined;
  readonly instructions: readonly StageInstruction[];
  /** The instructions of its ONBUILDs, which a stage that begins with it does first. */
  readonly triggers: readonly ParsedInstruction[];
  /** The values of its ARGs, which the stages that begin with it see too. */
  readonly declared: Values;
  /** The environment at its end, which ENV has set here and in the stages that it begins with. */
  readonly variables: Values;
  readonly workdir: string;
}

export interface StageInstruction {
  readonly line: number;
  readonly keyword: string;
  /** Everything behind the keyword, with its variables replaced; unchanged where a shell reads it. */
  readonly text: string;
  /** The files of a COPY or ADD whose text stands in the Dockerfile, with their variables replaced. */
  readonly documents: readonly ParsedDocument[];
  /** The working folder of the instruction. */
  readonly workdir: string;
  /** The variables that a RUN here would have, ARGs included. */
  readonly variables: Values;
  /** The ARGs without a value, each with the empty text, which a shell would read. */
  readonly unset: Values;
}

/** Instructions whose variables a shell replaces when they run, and not the build. */
const READ_BY_SHELL = new Set(['RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK', 'SHELL', 'ONBUILD']);

/**
 * Follows ARG, ENV and WORKDIR through all stages of a Dockerfile.
 * @param buildArguments the values that the build gives to ARGs
 */
export function readStages(
  { stages, globalArguments }: ParsedDockerfile,
  buildArguments: Values = {},
): Stage[] {
  const globals = platformArguments();
  for (const [name, value] of Object.entries(globalArguments))
    globals[name] = buildArguments[name] ?? expandVariables(value, globals);
  const read: Stage[] = [];
  for (const { line, base: written, name, instructions } of stages) {
    const base = expandVariables(written, globals);
    const parent = read.findLast((stage) => stage.name?.toLowerCase() === base.toLowerCase());
    const all = [...(parent?.triggers ?? []), ...instructions];
    const followed = followInstructions(all, parent, { given: buildArguments, globals });
    const triggers = instructions.flatMap(({ trigger }) => trigger ?? []);
    read.push({ index: read.length, line, name, base, parent, triggers, ...followed });
  }
  return read;
}

function followInstructions(
  instructions: readonly ParsedInstruction[],
  parent: Stage | undefined,
  { given, globals }: { readonly given: Values; readonly globals: Values },
): Pick<Stage, 'instructions' | 'declared' | 'variables' | 'workdir'> {
  const declared: Record<string, string> = { ...parent?.declared };
  const variables: Record<string, string> = { ...parent?.variables };
  const unset: Record<string, string> = {};
  let workdir = parent?.workdir ?? '/';
  const followed: StageInstruction[] = [];
  for (const { line, keyword, text, documents: written, pairs } of instructions) {
    const seen = { ...declared, ...variables };
    const expand = (value: string): string => expandVariables(value, seen);
    if (keyword === 'ARG')
      for (const [name, value] of pairs) {
        const chosen = given[name] ?? (value === undefined ? globals[name] : expand(value));
        if (chosen === undefined) unset[name] = '';
        else declared[name] = chosen;
      }
    if (keyword === 'ENV') for (const [name, value] of pairs) variables[name] = expand(value ?? '');
    const documents = written.map((one) => (one.isLiteral ? one : { ...one, text: expand(one.text) }));
    const told = READ_BY_SHELL.has(keyword) ? text : expand(text);
    if (keyword === 'WORKDIR') workdir = joinPath(workdir, told);
    const visible = { ...declared, ...variables };
    followed.push({ line, keyword, text: told, documents, workdir, variables: visible, unset: { ...unset } });
  }
  return { instructions: followed, declared, variables, workdir };
}

/** Lists the stages that a stage begins with, and itself last. */
export function lineage(stage: Stage | undefined): Stage[] {
  return stage ? [...lineage(stage.parent), stage] : [];
}

/** Finds the stage that a `--from` names or numbers; undefined where it is an image. */
export function findStage(stages: readonly Stage[], name: string): Stage | undefined {
  return (
    stages.findLast((stage) => stage.name?.toLowerCase() === name.toLowerCase()) ??
    stages[/^\d+$/.test(name) ? Number(name) : -1]
  );
}

/** Resolves a path of an image in a folder. The result has no slash at its end. */
export function joinPath(folder: string, path: string): string {
  const bare = path.trim().replace(/^(["'])(.*)\1$/, '$2');
  const parts: string[] = [];
  for (const part of (bare.startsWith('/') ? bare : `${folder}/${bare}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Gives the arguments that BuildKit sets in every build, for this machine. */
function platformArguments(): Record<string, string> {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const platform = `linux/${architecture}`;
  return {
    TARGETPLATFORM: platform,
    TARGETOS: 'linux',
    TARGETARCH: architecture,
    BUILDPLATFORM: platform,
    BUILDOS: 'linux',
    BUILDARCH: architecture,
  };
}
