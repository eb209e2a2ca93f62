import type { ParsedDocument } from './parse.ts';
import { findStage, joinPath, lineage, type Stage, type StageInstruction } from './stages.ts';
import { jsonWords, SHELL, shellWords } from './words.ts';

/** A stage whose files reach the image, and the steps that are done in it. */
export interface StagePlan {
  readonly stage: Stage;
  readonly steps: readonly PlanStep[];
}

type PlanStep = CopyStep | RunStep;

/** A copy of files into a stage: by COPY, by ADD, or by a mount of a RUN. */
export interface CopyStep {
  readonly kind: 'copy';
  readonly line: number;
  /** The instruction in the form that the user is told. */
  readonly told: string;
  readonly from: CopyOrigin;
  readonly sources: readonly string[];
  /** The files that it makes of texts in the Dockerfile. */
  readonly documents: readonly ParsedDocument[];
  /** Whether the folders of a source's path are made in the target (`--parents`). */
  readonly keepsParents: boolean;
  /** Patterns of paths in the sources that are left out (`--exclude`). */
  readonly excluded: readonly string[];
  /** A path of the stage. A slash at its end marks a folder. */
  readonly target: string;
  /** The mode of the files, as `chmod` takes it; undefined where they keep their own. */
  readonly mode: string | undefined;
  /** Whether its files are there for the next RUN alone. */
  readonly isMount: boolean;
  /** Whether it can be followed. A download or an archive cannot. */
  readonly isPlain: boolean;
}

type CopyOrigin =
  | { readonly kind: 'context' }
  | { readonly kind: 'stage'; readonly stage: Stage }
  | { readonly kind: 'image'; readonly image: string };

/** A line for a shell, with its folder and its variables. */
export interface RunStep {
  readonly kind: 'run';
  readonly line: number;
  readonly shell: string | readonly string[];
  readonly workdir: string;
  readonly variables: Readonly<Record<string, string>>;
  /** The ARGs without a value, each with the empty text. */
  readonly unset: Readonly<Record<string, string>>;
}

/** Lists the stages whose files get into the image, in their order, with the steps of each. */
export function planStages(stages: readonly Stage[]): StagePlan[] {
  const used = usedStages(stages);
  const plans = stages
    .filter((stage) => used.has(stage))
    .map((stage) => ({ stage, steps: stepsOf(stages, stage) }));
  const last = plans.at(-1);
  const copies = plans.some(({ steps }) => steps.some((step) => isContextCopy(step)));
  if (!last || copies) return plans;
  // A Dockerfile that copies nothing leaves that to its base image (ONBUILD).
  return [...plans.slice(0, -1), { ...last, steps: [wholeContext(last.stage), ...last.steps] }];
}

/** The parts of a copy without documents and flags. */
const PLAIN = {
  documents: [],
  keepsParents: false,
  excluded: [],
  mode: undefined,
  isMount: false,
  isPlain: true,
} as const;

function isContextCopy(step: PlanStep): boolean {
  return step.kind === 'copy' && step.from.kind === 'context';
}

function wholeContext({ line, workdir, base }: Stage): CopyStep {
  const from = { kind: 'context' } as const;
  return {
    kind: 'copy',
    line,
    told: `FROM ${base}`,
    from,
    sources: ['.'],
    target: `${workdir}/`,
    ...PLAIN,
  };
}

/** Finds the last stage, the stages that it begins with, and the stages that it takes files from. */
function usedStages(stages: readonly Stage[]): Set<Stage> {
  const used = new Set<Stage>(lineage(stages.at(-1)));
  // The loop reaches the stages that are added to the set meanwhile.
  for (const stage of used) {
    for (const { keyword, text } of stage.instructions) {
      if (keyword !== 'COPY' && keyword !== 'RUN') continue;
      for (const [, from = ''] of text.matchAll(/--(?:from=|mount=\S*\bfrom=)([^\s,]+)/g))
        for (const one of lineage(findStage(stages.slice(0, stage.index), from))) used.add(one);
    }
  }
  return used;
}

function stepsOf(stages: readonly Stage[], stage: Stage): PlanStep[] {
  const before = stages.slice(0, stage.index);
  return stage.instructions.flatMap((instruction): PlanStep[] => {
    const { keyword } = instruction;
    if (keyword === 'COPY' || keyword === 'ADD') return [copyStep(before, instruction)];
    return keyword === 'RUN' ? runSteps(before, instruction) : [];
  });
}

function copyStep(
  before: readonly Stage[],
  { line, keyword, text, documents, workdir }: StageInstruction,
): CopyStep {
  const { flags, rest } = splitFlags(text);
  const words = jsonWords(rest) ?? shellWords(rest);
  const sources = words.slice(0, -1).filter((word) => documents.length === 0 || !word.startsWith('<<'));
  const count = sources.length + documents.length;
  const valueOf = (flag: string): string | undefined => flags.find(({ name }) => name === flag)?.value;
  const isStrange =
    count === 0 ||
    (keyword === 'ADD' &&
      sources.some((source) =>
        /^(?:https?|git|ssh):|^git@|\.(?:tar(?:\.\w+)?|t[gbx]z2?|tzst)$/.test(source),
      ));
  return {
    kind: 'copy',
    line,
    told: `${keyword} ${text}`,
    from: originOf(before, valueOf('from')),
    sources,
    documents,
    keepsParents: flags.some(({ name, value }) => name === 'parents' && value !== 'false'),
    excluded: flags.filter(({ name }) => name === 'exclude').map(({ value }) => value),
    target: targetOf(workdir, words.at(-1) ?? '.', count > 1),
    mode: valueOf('chmod'),
    isMount: false,
    isPlain: !isStrange,
  };
}

function runSteps(
  before: readonly Stage[],
  { line, text, workdir, variables, unset }: StageInstruction,
): PlanStep[] {
  const { flags, rest } = splitFlags(text);
  const mounts = flags
    .filter(({ name }) => name === 'mount')
    .map(({ value }) => new Map(value.split(',').map((pair) => pair.split('=', 2) as [string, string])))
    .filter((mount) => (mount.get('type') ?? 'bind') === 'bind');
  const copies = mounts.map((mount): CopyStep => {
    const target = mount.get('target') ?? mount.get('dst') ?? mount.get('destination') ?? '.';
    return {
      kind: 'copy',
      line,
      told: `RUN ${text}`,
      from: originOf(before, mount.get('from')),
      sources: [mount.get('source') ?? mount.get('src') ?? '.'],
      target: targetOf(workdir, target, false),
      ...PLAIN,
      isMount: true,
    };
  });
  const shell = jsonWords(rest) ?? withoutDocument(rest);
  return [...copies, { kind: 'run', line, shell, workdir, variables, unset }];
}

/** A document behind a command (`cat <<END > file`), or in its place, which a shell reads (`<<END`). */
const DOCUMENT =
  /^((?:[^\n"'<]|"[^"]*"|'[^']*'|<(?!<))*)<<-?\s*(["']?)(\w+)\2([^\n]*)\n(.*?)(?:\n[ \t]*\3\s*)?$/s;

/** Gives the lines of a document that a shell reads. Any other program takes its document as data, which is left out. */
function withoutDocument(text: string): string {
  const [, before = '', , name = '', behind = '', content = ''] = DOCUMENT.exec(text) ?? [];
  if (name === '') return text;
  const reader = before.trim();
  const program = /^\s*#!\s*(\S.*)/.exec(content)?.[1]?.trim();
  const isForShell =
    reader === '' ? program === undefined || /\bsh\b|sh$/.test(program) : isShellAlone(reader);
  if (isForShell && behind.trim() === '') return content;
  return `${reader || (program ?? '')} <<${name}${behind}`;
}

/** Whether a command starts a shell that is given no file or line, so that it reads its input. */
function isShellAlone(command: string): boolean {
  const [program = '', ...flags] = command.split(/\s+/);
  return SHELL.test(program) && flags.every((flag) => /^-\w+$/.test(flag));
}

function originOf(before: readonly Stage[], from: string | undefined): CopyOrigin {
  if (from === undefined) return { kind: 'context' };
  const stage = findStage(before, from);
  return stage ? { kind: 'stage', stage } : { kind: 'image', image: from };
}

function targetOf(workdir: string, path: string, isFolder: boolean): string {
  const target = joinPath(workdir, path);
  return isFolder || /(?:^|\/)\.{0,2}$/.test(path) ? `${target}/`.replace('//', '/') : target;
}

/** Splits the flags of an instruction from the rest. */
function splitFlags(text: string): { flags: { name: string; value: string }[]; rest: string } {
  const flags: { name: string; value: string }[] = [];
  let rest = text;
  for (let found = FLAG.exec(rest); found; found = FLAG.exec(rest)) {
    flags.push({ name: found[1] ?? '', value: found[2] ?? '' });
    rest = rest.slice(found[0].length);
  }
  return { flags, rest };
}

const FLAG = /^--([\w-]+)(?:=(\S*))?\s+/;
