import { mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { join, normalize, resolve } from 'node:path';
import { KitError } from '../errors.ts';
import { copyTree } from '../files/copy.ts';
import { insideOf } from '../files/inside.ts';
import { exists, isFile, isFolder } from '../files/kinds.ts';
import { findDockerfile } from '../dockerfile/find.ts';
import { replaceFolder } from '../files/staging.ts';
import type { Project } from '../project.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import { withoutCredentials } from '../template/credentials.ts';
import { TEMPLATE_FOLDER } from '../template/language.ts';

export const BUILD_FOLDER = 'build';

/** The template without files of its own: the function's folder is the whole build context. */
export const DOCKERFILE_TEMPLATE = 'dockerfile';

export interface ContextOptions {
  /** The folder of the template that the handler goes to. */
  readonly handlerFolder: string;
  /** Further paths of the project that go beside the handler. */
  readonly copy: readonly string[];
  /** Whether installed packages are left out, as the context gets its own. faas-cli copies them. */
  readonly skipInstalled?: boolean;
}

/**
 * Writes a function's build context to build/NAME: the template, over it the handler, over it the further paths. Files
 * and modes are the same as faas-cli's (CreateBuildContext of go-sdk), so that both make the same image.
 * @returns the folder, absolute
 */
export async function writeBuildContext(
  project: Project,
  entry: FunctionEntry,
  options: ContextOptions,
): Promise<string> {
  const folder = join(project.folder, BUILD_FOLDER, entry.name);
  const mode = folderMode(project);
  await mkdir(join(project.folder, BUILD_FOLDER), { recursive: true, mode });
  await replaceFolder(folder, mode, (staging) => fillBuildContext(project, entry, options, staging));
  return folder;
}

/**
 * Fills an empty folder with a function's build context.
 * @throws KitError NOT_FOUND for a handler, Dockerfile or path of copy that is not there, OUTSIDE for a path of copy
 * that is the project or its build/, or leads out of the project
 */
export async function fillBuildContext(
  project: Project,
  entry: FunctionEntry,
  { handlerFolder, copy, skipInstalled = false }: ContextOptions,
  folder: string,
): Promise<void> {
  const skip = (name: string): boolean => skipInstalled && name === 'node_modules';
  const handlerSource = resolve(project.folder, entry.handler);
  if (!entry.handler || !(await isFolder(handlerSource))) {
    const what = entry.handler
      ? `the handler of ${entry.name}, ${entry.handler}, is no folder: make it, or mend its path`
      : `${entry.name} has no handler: name the folder of its code`;
    throw new KitError('NOT_FOUND', `${entry.place}: ${what}`);
  }
  const bare = entry.lang === DOCKERFILE_TEMPLATE;
  if (bare && (await findDockerfile(handlerSource)) === undefined) {
    throw new KitError(
      'NOT_FOUND',
      `${entry.place}: ${entry.handler} has no Dockerfile, which is the whole of a function of lang dockerfile`,
    );
  }
  const handlerTarget = bare ? folder : join(folder, handlerFolder);
  await mkdir(handlerTarget, { recursive: true, mode: folderMode(project) });
  if (!bare) await copyTree(join(project.folder, TEMPLATE_FOLDER, entry.lang), folder, { skip });
  await withoutSecretOrigin(join(folder, 'meta.json'));
  // Where the handler is the project itself, the project's build/ and template/ lie in it.
  const real = await realpath(project.folder);
  const build = join(real, BUILD_FOLDER);
  const except = new Set([build, join(real, TEMPLATE_FOLDER)]);
  for (const name of await readdir(handlerSource)) {
    if (skip(name)) continue;
    await copyTree(join(handlerSource, name), join(handlerTarget, name), { skip, except });
  }
  for (const path of copy) {
    const source = await insideOf(project.folder, path, 'copy:');
    if (!(await exists(source)))
      throw new KitError('NOT_FOUND', `copy: ${path} is not there: make it, or take it out of copy`);
    // The context that is written lies in it: it would be copied into itself.
    if ((await realpath(source)) === build)
      throw new KitError(
        'OUTSIDE',
        `copy: ${path} is ofkit's own folder of build contexts: give a path below it, or another`,
      );
    await copyTree(source, normalize(join(handlerTarget, path)), { skip });
  }
}

/** Cuts the password of the template's address out of a meta.json, where faas-cli may have written it. */
async function withoutSecretOrigin(file: string): Promise<void> {
  if (!(await isFile(file))) return;
  const text = await readFile(file, 'utf8');
  const clean = withoutCredentials(text);
  if (clean !== text) await writeFile(file, clean);
}

/** The mode of folders: for their owner alone, but open to all on CI, where a different user may build the image. */
function folderMode(project: Project): number {
  return project.environment.CI === 'true' || project.environment.CI === '1' ? 0o777 : 0o700;
}
