import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { isWithin } from '../files/inside.ts';
import type { PlaceOfSource } from './stage-folder.ts';

/** The origins of the files of a generation. */
export interface Origins {
  /** The project folder. */
  readonly project: string;
  /** The folder of the files: a stage, or the image. */
  readonly generation: string;
  /** The places of its files in the build context, the newest last. */
  readonly places: readonly PlaceOfSource[];
  /** The function's handler folder, absolute. */
  readonly handler: string;
  /** The path of the handler in the build context, relative; '' for the whole context. */
  readonly handlerFolder: string;
  /** The template's folder, absolute. */
  readonly template: string;
}

/** A path with an extension of JavaScript or TypeScript, before a line number: `a/b.ts:3` or `a/b.ts(3`. */
const PLACE = /(?<![\w@./-])((?:\.{0,2}\/)?[\w@.-]+(?:\/[\w@.-]+)*\.[cm]?[jt]sx?)(?=[:(]\d)/g;

/** Finds the user's own file for a file of a generation; both absolute. It is undefined for a file that a compiler made. */
export function originalOf(path: string, origins: Origins): string | undefined {
  if (!isWithin(origins.generation, path)) return undefined;
  const within = relative(origins.generation, path);
  return origins.places
    .filter(({ place }) => place === '' || within === place || within.startsWith(`${place}/`))
    .flatMap(({ place, source }) => candidates(join(source, relative(place, within)), origins))
    .findLast((candidate) => existsSync(candidate));
}

/** Lists the files that a file of the build context may be a copy of, the likeliest last. */
function candidates(path: string, { handler, handlerFolder, project, template }: Origins): string[] {
  const isHandlers = isWithin(resolve('/', handlerFolder), resolve('/', path));
  const own = relative(resolve('/', handlerFolder), resolve('/', path));
  return [join(template, path), ...(isHandlers ? [join(project, own), join(handler, own)] : [])];
}

/**
 * Replaces places in a compiler's output by the user's own files, relative to the project folder.
 * @param cwd the folder that the compiler ran in
 */
export function withOriginalPlaces(output: string, cwd: string, origins: Origins): string {
  return output.replaceAll(PLACE, (whole: string) => {
    const original = originalOf(resolve(cwd, whole), origins);
    return original === undefined ? whole : relative(origins.project, original);
  });
}

/** Does the same in a line of the running function, where paths are absolute. */
export function withOriginalPaths(line: string, origins: Origins): string {
  if (!line.includes(origins.generation)) return line;
  return line.replaceAll(PLACE, (whole: string) => originalOf(whole, origins) ?? whole);
}
