import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseDockerfile, type ParsedDockerfile, type ParsedInstruction } from '../dockerfile/parse.ts';
import { isFile, isFolder } from '../files/kinds.ts';
import { readLanguage, type Language } from '../template/language.ts';

/** A template in the form that the rules check. */
export interface Subject {
  readonly name: string;
  /** The path of the template's folder, absolute. */
  readonly folder: string;
  readonly language: Language;
  readonly hasHandlerFolder: boolean;
  readonly hasDockerignore: boolean;
  /** The path of the Dockerfile, relative to the folder; undefined where there is none. */
  readonly dockerfilePath: string | undefined;
  readonly dockerfile: ParsedDockerfile;
}

/** A rule for templates. */
export interface Rule {
  readonly id: string;
  /** The demand, in a line. */
  readonly asks: string;
  /** Checks a template. @returns the fault in a line; undefined where it keeps the rule */
  readonly breach: (subject: Subject) => string | undefined;
}

/** Reads a template for the rules. @throws KitError where its template.yml is missing or cannot be read */
export async function readSubject(folder: string): Promise<Subject> {
  const language = await readLanguage(folder);
  const handler = join(folder, language.handlerFolder);
  // The template "dockerfile" has its Dockerfile in the handler's folder.
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

/** Lists the instructions of one kind in all stages. */
export function instructionsOf({ dockerfile }: Subject, keyword: string): ParsedInstruction[] {
  return dockerfile.stages
    .flatMap((stage) => stage.instructions)
    .filter((found) => found.keyword === keyword);
}

/** Lists the instructions of one kind in the last stage, which becomes the image. */
export function shippedInstructions({ dockerfile }: Subject, keyword: string): ParsedInstruction[] {
  return (dockerfile.stages.at(-1)?.instructions ?? []).filter((found) => found.keyword === keyword);
}

/** Lists the RUN instructions that install with npm. */
export function npmInstalls(subject: Subject): ParsedInstruction[] {
  return instructionsOf(subject, 'RUN').filter(({ text }) => /\bnpm (?:ci|i|install)\b/.test(text));
}
