import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DOCKERFILE_TEMPLATE } from '../context/build-context.ts';
import { findDockerfile } from '../dockerfile/find.ts';
import { parseDockerfile } from '../dockerfile/parse.ts';
import { readStages } from '../dockerfile/stages.ts';
import type { Project } from '../project.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import { bundledFiles } from './bundled-files.ts';
import { TEMPLATE_FOLDER } from './language.ts';

/**
 * Gives the environment that the Dockerfile of a function's image sets. It is empty where the template is neither in the
 * project nor among the ones that come with ofkit.
 */
export async function imageVariables(
  project: Project,
  entry: FunctionEntry,
): Promise<Readonly<Record<string, string>>> {
  const folder =
    entry.lang === DOCKERFILE_TEMPLATE ? entry.handler : join(TEMPLATE_FOLDER, entry.lang || '-');
  const found = await findDockerfile(resolve(project.folder, folder));
  const text = found
    ? await readFile(resolve(project.folder, folder, found), 'utf8')
    : bundledDockerfile(entry.lang);
  if (text === undefined) return {};
  return readStages(parseDockerfile(text), entry.buildArgs).at(-1)?.variables ?? {};
}

function bundledDockerfile(lang: string): string | undefined {
  return bundledFiles.find(({ path }) => path === `${lang}/Dockerfile`)?.content;
}
