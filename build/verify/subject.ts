import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseDockerfile, type ParsedDockerfile, type ParsedInstruction } from '../dockerfile/parse.ts';
import { isFile, isFolder } from '../files/kinds.ts';
import { readLanguage, type Language } from '../template/language.ts';

/** A template as the rules look at it. */
export interface Subject {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly language: Language;
  readonly hasHandlerFolder: boolean;
  readonly hasDockerignore: boolean;
  /** Relative; undefined where there is none. */
  readonly dockerfilePath: string | undefined;
  readonly dockerfile: ParsedDockerfile;
}

/** A rule and what breaks it. */
export interface Rule {
  readonly id: string;
  /** What is asked, in a line. */
  readonly asks: string;
  /** @returns what is wrong; undefined where all is well */
  readonly breach: (subject: Subject) => string | undefined;
}

/** @throws KitError where there is no template.yml or it cannot be read */
export async function readSubject(folder: string): Promise<Subject> {
  const language = await readLanguage(folder);
  const handler = join(folder, language.handlerFolder);
  // The template "dockerfile" leaves the whole image to the handler's folder.
  const places = ['Dockerfile', join(language.handlerFolder, 'Dockerfile')];
  const [dockerfilePath] = await filter(places, (path) => isFile(join(folder, path)));
  const text = dockerfilePath === undefined ? '' : await readFile(join(folder, dockerfilePath), 'utf8');
  const ignores = [join(folder, '.dockerignore'), join(handler, '.dockerignore')];
  return {
    name: basename(resolve(folder)),
    folder,
    language,
    hasHandlerFolder: await isFolder(handler),
    hasDockerignore: (await filter(ignores, isFile)).length > 0,
    dockerfilePath,
    dockerfile: parseDockerfile(text),
  };
}

async function filter<T>(values: readonly T[], keep: (value: T) => Promise<boolean>): Promise<T[]> {
  const kept = [];
  for (const value of values) if (await keep(value)) kept.push(value);
  return kept;
}

/** All instructions of one kind, of all stages. */
export function instructionsOf({ dockerfile }: Subject, keyword: string): ParsedInstruction[] {
  return dockerfile.stages
    .flatMap((stage) => stage.instructions)
    .filter((found) => found.keyword === keyword);
}

/** Those of the stage that becomes the image. */
export function shippedInstructions({ dockerfile }: Subject, keyword: string): ParsedInstruction[] {
  return (dockerfile.stages.at(-1)?.instructions ?? []).filter((found) => found.keyword === keyword);
}

/** The RUN instructions that call npm to install. */
export function npmInstalls(subject: Subject): ParsedInstruction[] {
  return instructionsOf(subject, 'RUN').filter(({ text }) => /\bnpm (?:ci|i|install)\b/.test(text));
}
