import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KitError } from '../errors.ts';
import { copyTree } from '../files/copy.ts';
import { exists, isFolder } from '../files/kinds.ts';
import { replaceFolder } from '../files/staging.ts';
import { removeFolder } from '../../common/files/remove-folder.ts';
import { makeTemporaryFolder } from '../files/temporary.ts';
import type { Host } from '../host.ts';
import type { Project } from '../project.ts';
import { isTemplateName } from '../stack/functions.ts';
import { withProgress } from '../terminal/progress.ts';
import { cloneRepository, gitOutput } from './git.ts';
import { TEMPLATE_FOLDER } from './language.ts';
import { withoutCredentials } from './credentials.ts';
import type { RepositoryAddress } from './repository.ts';

export interface PullOptions {
  /** The one template that is wanted and the folder that it becomes; undefined for all templates. */
  readonly only?: { readonly name: string; readonly folder: string };
  readonly overwrite: boolean;
  /** Whether the cloned repository and its commit are printed. */
  readonly debug?: boolean;
}

/**
 * Clones a repository and puts the templates of its `template` folder into the project's.
 * @returns the names of the folders that were written, `NAME@REF` where a reference was given
 * @throws KitError NOT_FOUND for a repository without that template, OUTSIDE for a template whose name cannot be a
 * folder's
 */
export async function pullTemplates(
  host: Host,
  { url, ref }: RepositoryAddress,
  { only, overwrite, debug = false }: PullOptions,
): Promise<string[]> {
  const shown = withoutCredentials(url);
  const clone = await makeTemporaryFolder();
  try {
    await withProgress(host.err, `cloning ${shown}`, cloneRepository(host, url, ref, clone));
    if (only === undefined) await tellUnusable(host, clone, shown);
    const found = (await templatesIn(clone)).filter((name) => only === undefined || name === only.name);
    if (found.length === 0) {
      const what = only === undefined ? 'templates' : `template ${only.name}`;
      throw new KitError(
        'NOT_FOUND',
        `${shown} has no ${what}: a repository keeps each in a folder of template/`,
      );
    }
    const suffix = ref ? `@${ref.replaceAll('/', '-')}` : '';
    const targets = found.map((name) => ({ name, target: only?.folder ?? `${name}${suffix}` }));
    if (!overwrite)
      await refuseOverwriting(
        host,
        targets.map(({ target }) => target),
      );
    const commit = await gitOutput(host, clone, ['rev-parse', 'HEAD']);
    if (debug) host.err.line(`debug: ${shown} at ${ref || 'its default branch'}, commit ${commit}`);
    for (const { name, target } of targets) {
      await placeTemplate(host, target, { repository: shown, ref, commit }, (staging) =>
        copyTree(join(clone, TEMPLATE_FOLDER, name), staging, {
          within: clone,
          skip: (entry) => entry === '.git',
        }),
      );
    }
    return targets.map(({ target }) => target);
  } finally {
    await removeFolder(clone);
  }
}

/** Lists the template folders of a project or a clone, in the order of their names. */
export async function templatesIn(folder: string): Promise<string[]> {
  const path = join(folder, TEMPLATE_FOLDER);
  if (!(await isFolder(path))) return [];
  const names = [];
  for (const name of (await readdir(path)).sort()) {
    if (isTemplateName(name) && (await isFolder(join(path, name)))) names.push(name);
  }
  return names;
}

/** Notes the folders whose names a template cannot have. */
async function tellUnusable(host: Host, clone: string, shown: string): Promise<void> {
  const folder = join(clone, TEMPLATE_FOLDER);
  for (const name of (await isFolder(folder)) ? (await readdir(folder)).sort() : []) {
    if (isTemplateName(name) || name.startsWith('.') || !(await isFolder(join(folder, name)))) continue;
    host.err.line(
      `note: ${JSON.stringify(name)} of ${shown} is left out: the name of a template has letters, digits, dots, dashes and underscores, no blanks`,
    );
  }
}

interface Origin {
  readonly repository: string;
  readonly ref: string;
  readonly commit: string;
}

/** Writes one template's folder as a whole, with a meta.json that names its origin. */
export async function placeTemplate(
  project: Project,
  name: string,
  { repository, ref, commit }: Origin,
  fill: (staging: string) => Promise<void>,
): Promise<void> {
  if (!isTemplateName(name)) {
    throw new KitError(
      'OUTSIDE',
      `"${name}" cannot be the name of a template's folder: a name has no slash and no ..`,
    );
  }
  await replaceFolder(join(project.folder, TEMPLATE_FOLDER, name), 0o755, async (staging) => {
    await fill(staging);
    const meta = {
      repository,
      ...(ref && { ref_name: ref }),
      ...(commit && { sha: commit }),
      written_at: new Date().toISOString(),
    };
    await writeFile(join(staging, 'meta.json'), JSON.stringify(meta));
  });
}

/** @throws KitError EXISTS where one of the folders exists */
export async function refuseOverwriting(project: Project, names: readonly string[]): Promise<void> {
  const there = [];
  for (const name of names) {
    if (await exists(join(project.folder, TEMPLATE_FOLDER, name))) there.push(name);
  }
  if (there.length > 0) {
    throw new KitError(
      'EXISTS',
      `unable to overwrite ${there.join(', ')} in template/: pull without --no-overwrite`,
    );
  }
}
