import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findDockerfile } from '../dockerfile/find.ts';
import { parseDockerfile } from '../dockerfile/parse.ts';
import { readStages } from '../dockerfile/stages.ts';
import { KitError } from '../errors.ts';
import { exists, isFile } from '../files/kinds.ts';
import type { Project } from '../project.ts';
import { WATCHDOG_IMAGE } from '../release.ts';
import { runTool } from '../tools/run-tool.ts';
import { buildByEngine } from './engine-build.ts';
import { hasImage } from './engine.ts';
import type { Engine } from './engine-names.ts';

/** How long git may take to tell the commit, in milliseconds. */
const GIT_TIMEOUT = 10_000;

/** Whether the engine has the image already. */
export async function hasWatchdogImage(project: Project, engine: Engine): Promise<boolean> {
  return hasImage(project, engine, WATCHDOG_IMAGE);
}

/**
 * Whether a build context's Dockerfile takes the watchdog from our image, with these build arguments.
 * @throws KitError NOT_FOUND where there is no Dockerfile
 */
export async function needsWatchdogImage(
  folder: string,
  buildArgs: Readonly<Record<string, string>>,
): Promise<boolean> {
  const file = await findDockerfile(folder);
  if (file === undefined) {
    throw new KitError('NOT_FOUND', `${folder} has no Dockerfile: its template has to bring one`);
  }
  const stages = readStages(parseDockerfile(await readFile(join(folder, file), 'utf8')), buildArgs);
  return stages.some(({ base }) => base === WATCHDOG_IMAGE);
}

/** The folder of this repository's checkout or package, if its Dockerfile.watchdog is there. */
export async function findCheckout(program: string): Promise<string | undefined> {
  const folder = dirname(dirname(program));
  return (await isFile(join(folder, 'Dockerfile.watchdog'))) ? folder : undefined;
}

/**
 * Builds the watchdog's image from the checkout that ofkit runs from.
 * @param checkout the folder that `findCheckout` has found
 */
export async function buildWatchdogImage(
  project: Project,
  engine: Engine,
  checkout: string,
  onLine: (line: string) => void,
): Promise<void> {
  const commit = await commitOf(project, checkout);
  const build = {
    image: WATCHDOG_IMAGE,
    folder: checkout,
    dockerfile: 'Dockerfile.watchdog',
    buildArgs: commit === undefined ? {} : { COMMIT: commit },
    labels: {},
    secrets: {},
    noCache: false,
    squash: false,
    pull: false,
    mountSsh: false,
  };
  await buildByEngine(project, engine, build, onLine);
}

/** The commit for the image's label and the watchdog's --version; undefined in a checkout without git. */
async function commitOf(project: Project, checkout: string): Promise<string | undefined> {
  if (!(await exists(join(checkout, '.git')))) return undefined;
  try {
    const { ok, stdout } = await runTool(project, 'git', ['rev-parse', '--short', 'HEAD'], {
      cwd: checkout,
      // In a hook, git's variables name the repository of the hook.
      env: Object.fromEntries(
        Object.entries(project.environment).filter(([name]) => !name.startsWith('GIT_')),
      ),
      timeout: GIT_TIMEOUT,
      wayOut: 'install git',
    });
    return ok ? stdout.trim() : undefined;
  } catch (thrown) {
    if (project.interrupted.aborted) throw thrown;
    return undefined;
  }
}
