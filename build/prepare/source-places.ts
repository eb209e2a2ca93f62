import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { isWithin } from '../files/inside.ts';
import type { PlaceOfSource } from './stage-folder.ts';

/** Where the files of a generation come from. */
export interface Origins {
  /** The project folder. */
  readonly project: string;
  /** The folder of the files: a stage, or the image. */
  readonly generation: string;
  /** Where its files stand in the build context, the newest last. */
  readonly places: readonly PlaceOfSource[];
  /** The function's handler folder, absolute. */
  readonly handler: string;
  /** Where it lies in the build context, relative; '' for the whole of it. */
  readonly handlerFolder: string;
  /** The template's folder, absolute. */
  readonly template: string;
}

/** A path with an extension of JavaScript or TypeScript, before a line number: `a/b.ts:3` or `a/b.ts(3`. */
const PLACE = /(?<![\w@./-])((?:\.{0,2}\/)?[\w@.-]+(?:\/[\w@.-]+)*\.[cm]?[jt]sx?)(?=[:(]\d)/g;

/** The file that the user wrote, for a file of a generation, absolute; undefined for what was made from others. */
export function originalOf(path: string, origins: Origins): string | undefined {
  if (!isWithin(origins.generation, path)) return undefined;
  const within = relative(origins.generation, path);
  return origins.places
    .filter(({ place }) => place === '' || within === place || within.startsWith(`${place}/`))
    .flatMap(({ place, source }) => candidates(join(source, relative(place, within)), origins))
    .findLast((candidate) => existsSync(candidate));
}

/** The files that one of the build context can be a copy of, the likeliest last. */
function candidates(path: string, { handler, handlerFolder, project, template }: Origins): string[] {
  const isHandlers = isWithin(resolve('/', handlerFolder), resolve('/', path));
  const own = relative(resolve('/', handlerFolder), resolve('/', path));
  return [join(template, path), ...(isHandlers ? [join(project, own), join(handler, own)] : [])];
}

/**
 * Lets places in a compiler's output name the user's own files, relative to the project folder.
 * @param cwd the folder of the generation that the compiler ran in
 */
export function withOriginalPlaces(output: string, cwd: string, origins: Origins): string {
  return output.replaceAll(PLACE, (whole: string) => {
    const original = originalOf(resolve(cwd, whole), origins);
    return original === undefined ? whole : relative(origins.project, original);
  });
}

/** The same for a line that the running function writes, where paths are absolute. */
export function withOriginalPaths(line: string, origins: Origins): string {
  if (!line.includes(origins.generation)) return line;
  return line.replaceAll(PLACE, (whole: string) => originalOf(whole, origins) ?? whole);
}
