import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { GLOBAL_FOLDER } from '../../common/local-image.ts';
import { exists } from '../files/kinds.ts';
import type { Project } from '../project.ts';
import { findManifest, type CommandPlace, type Manifest, type Variables } from './packages.ts';
import type { StageFolder } from './stage-folder.ts';

/** Variables of the image that would hide the programs and folders of this machine. */
const OF_THE_IMAGE = /^(?:PATH|HOME|USER|TMPDIR|SHELL)$/;

/** Compilers that may be installed on this machine in place of the function's packages. */
const COMPILERS = /^(?:tsc|esbuild|swc|rollup|tsup|vite)$/;

/** Gives the place of a command of a stage, whose variables name files of the image where they lie here. */
export async function placeOf(
  stage: StageFolder,
  folder: string,
  workdir: string,
  given: Variables,
): Promise<CommandPlace> {
  await stage.makeFolder(folder);
  const bins: string[] = [];
  for (let one = folder; ; one = dirname(one)) {
    bins.push(stage.locate(join(one, 'node_modules/.bin')));
    if (one === '/') break;
  }
  bins.push(stage.locate(`${GLOBAL_FOLDER}/node_modules/.bin`));
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(given))
    if (!OF_THE_IMAGE.test(name)) variables[name] = await stage.locateWithin(value, workdir);
  return { cwd: stage.locate(folder), bins, variables };
}

/** Finds the package.json that npm would use in a folder: its own, or the nearest one above. */
export async function manifestFor(stage: StageFolder, folder: string): Promise<Manifest | undefined> {
  const found = await findManifest(stage.locate(folder));
  return found ?? (folder === '/' ? undefined : manifestFor(stage, dirname(folder)));
}

/** Whether a program exists here: in the function's packages, as an installed compiler, or as a file for Node. */
export async function canRun(
  { environment }: Project,
  [program = '', ...rest]: readonly string[],
  { cwd, bins }: CommandPlace,
): Promise<boolean> {
  if (program === 'node') {
    const file = rest.find((word) => !word.startsWith('-'));
    const isCode = rest.some((word) => /^-(?:[ep]|-eval|-print)$/.test(word));
    if (file === undefined || isCode) return false;
    const path = resolve(cwd, file);
    return (await exists(path)) || exists(`${path}.js`); // as Node looks for its first file
  }
  if (program.includes('/')) return exists(resolve(cwd, program));
  const installed = COMPILERS.test(program) ? (environment.PATH ?? '').split(delimiter) : [];
  const path = [...bins, ...installed];
  return path.some((folder) => isProgram(join(folder, program)));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
