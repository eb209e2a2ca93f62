import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DOCKERFILE_TEMPLATE, fillBuildContext } from '../context/build-context.ts';
import { imageEnvironment, type ImageEnvironment } from '../dockerfile/environment.ts';
import { findDockerfile } from '../dockerfile/find.ts';
import { imageCommand, type ImageCommand } from '../dockerfile/image-command.ts';
import { parseDockerfile, type ParsedDockerfile } from '../dockerfile/parse.ts';
import { runSteps, type RunStep } from '../dockerfile/run-lines.ts';
import { classicWatchdog } from '../dockerfile/watchdog-origin.ts';
import { KitError } from '../errors.ts';
import { exists } from '../files/kinds.ts';
import { removeFolder } from '../files/temporary.ts';
import type { Host } from '../host.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import { readTemplate, TEMPLATE_FOLDER } from '../template/language.ts';
import type { Generations } from './generations.ts';
import type { InstalledPackages } from './installed-packages.ts';
import { installPackages, readManifests, runScript, type Manifest } from './packages.ts';
import { pointMapsToOriginals } from './source-maps.ts';
import { withOriginalPlaces, type Origins } from './source-places.ts';

/** A generation that is ready to be started. */
export interface Prepared {
  readonly folder: string;
  readonly origins: Origins;
  readonly image: ImageEnvironment;
  /** What its container would start. */
  readonly command: ImageCommand;
  /** The mode of the watchdog that the image says or means, and why; stack.yaml may say another. */
  readonly mode: ChosenMode;
  /** The command of template.yml. */
  readonly fprocess: string;
  /** Whether its server listens where http_port or PORT says. */
  readonly choosesPort: boolean;
  /** The package.json files in it. */
  readonly manifests: readonly Manifest[];
  /** What of the Dockerfile's RUN lines was not done here, in a line each. */
  readonly unfollowed: readonly string[];
}

export interface PrepareOptions {
  readonly generations: Generations;
  readonly packages: InstalledPackages;
  readonly copy: readonly string[];
  readonly inspect: boolean;
  /** Tells what takes long. */
  readonly onStep: (step: string) => void;
}

export interface ChosenMode {
  /** Undefined for the watchdog's default. */
  readonly mode: string | undefined;
  readonly why: string;
}

const LARGEST_SEARCHED = 256 << 10;

/**
 * Does what the Dockerfile of the template does: the build context, the packages, the compiler.
 * @throws KitError BUILD_FAILED with the compiler's output, whose places name the user's files
 */
export async function prepareGeneration(
  host: Host,
  entry: FunctionEntry,
  options: PrepareOptions,
): Promise<Prepared> {
  const language = await readTemplate(host, entry.lang);
  const handlerFolder = entry.lang === DOCKERFILE_TEMPLATE ? '' : language.handlerFolder;
  const folder = await options.generations.create();
  try {
    const origins: Origins = {
      project: host.cwd,
      generation: folder,
      handler: resolve(host.cwd, entry.handler),
      handlerFolder,
      template: join(host.cwd, TEMPLATE_FOLDER, entry.lang),
    };
    const context = { handlerFolder: language.handlerFolder, copy: options.copy, skipInstalled: true };
    await fillBuildContext(host, entry, context, folder);
    await removeSampleTests(origins);
    const dockerfile = await readDockerfile(folder);
    const image = imageEnvironment(dockerfile);
    const command = imageCommand(dockerfile);
    refuseWithoutCommand(entry, image, command);
    const steps = runSteps(dockerfile);
    const { manifests, unfollowed } = await compile(host, entry, origins, steps, options);
    await pointMapsToOriginals(origins, options.inspect);
    return {
      folder,
      origins,
      image,
      command,
      mode: imageMode(dockerfile, image),
      // faas-cli leaves it out as well: the function's own Dockerfile says what is started.
      fprocess: entry.lang === DOCKERFILE_TEMPLATE ? '' : language.fprocess,
      choosesPort: await mentionsPort(folder),
      manifests,
      unfollowed,
    };
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

/**
 * The template's own files lie beneath the function's. A sample test that its author removed would still be compiled,
 * against a handler that it does not know.
 */
async function removeSampleTests({ generation, handler, handlerFolder }: Origins): Promise<void> {
  const folder = join(generation, handlerFolder);
  for (const name of await readdir(folder)) {
    if (!/\.test\.[cm]?[jt]sx?$/.test(name) || (await exists(join(handler, name)))) continue;
    await removeFolder(join(folder, name));
  }
}

async function compile(
  host: Host,
  entry: FunctionEntry,
  origins: Origins,
  steps: readonly RunStep[],
  { packages, onStep }: PrepareOptions,
): Promise<{ manifests: Manifest[]; unfollowed: string[] }> {
  const { generation: folder, handlerFolder } = origins;
  const manifests = await readManifests(folder, handlerFolder);
  const installable = manifests.filter((manifest) => manifest.needsInstall).map((manifest) => manifest.path);
  await packages.link(folder, installable, (copy) => {
    onStep('packages');
    return installPackages(host, entry.name, copy);
  });
  const unfollowed: string[] = [];
  for (const step of steps) {
    const manifest = step.kind === 'unfollowed' ? undefined : manifestOf(step, manifests, handlerFolder);
    if (step.kind === 'unfollowed' || !manifest) {
      const what = step.kind === 'script' ? `npm run ${step.script}` : step.command;
      unfollowed.push(`line ${step.line} of the Dockerfile is not followed here: RUN ${what}`);
      continue;
    }
    onStep('compile');
    const ran = step.kind === 'script' ? manifest : { ...manifest, scripts: { command: step.command } };
    const failure = await runScript(host, folder, ran, step.kind === 'script' ? step.script : 'command');
    if (failure === undefined) continue;
    const output = withOriginalPlaces(failure, join(folder, manifest.path), origins);
    throw new KitError('BUILD_FAILED', `${entry.name} does not compile: see above`, { output });
  }
  return { manifests, unfollowed };
}

/** The package.json beside which a step runs: the handler's where the step's folder ends in its name. */
function manifestOf(
  step: Exclude<RunStep, { kind: 'unfollowed' }>,
  manifests: readonly Manifest[],
  handlerFolder: string,
): Manifest | undefined {
  const inHandler = handlerFolder !== '' && step.folder.endsWith(`/${handlerFolder}`);
  const near = manifests.find(({ path }) => path === (inHandler ? handlerFolder : ''));
  if (step.kind === 'command')
    return near ?? { path: inHandler ? handlerFolder : '', scripts: {}, needsInstall: false };
  const hasScript = ({ scripts }: Manifest): boolean => scripts[step.script] !== undefined;
  return near && hasScript(near) ? near : manifests.find(hasScript);
}

/** @throws KitError BUILD_FAILED for an image that starts nothing, as far as its Dockerfile says */
function refuseWithoutCommand(
  { name, lang, fprocess, environment, handler }: FunctionEntry,
  image: ImageEnvironment,
  { words }: ImageCommand,
): void {
  if (words.length > 0) return;
  const set = { ...image.variables, ...environment };
  const serves = set.mode === 'static' || set.mode === 'inproc' || set.upstream_url || set.http_upstream_url;
  if (lang !== DOCKERFILE_TEMPLATE || fprocess || set.fprocess || set.function_process || serves) return;
  throw new KitError(
    'BUILD_FAILED',
    `${name}: the Dockerfile of ${handler} has neither fprocess nor CMD, so nothing says what to start: ` +
      'set ENV fprocess, or CMD for a server of its own',
  );
}

function imageMode(file: ParsedDockerfile, { variables }: ImageEnvironment): ChosenMode {
  if (variables.mode) return { mode: variables.mode, why: 'ENV of the Dockerfile' };
  const classic = classicWatchdog(file);
  if (!classic) return { mode: undefined, why: "the watchdog's default" };
  return {
    mode: 'classic',
    why: `/fwatchdog is from ${classic.source}, line ${classic.line} of the Dockerfile`,
  };
}

async function readDockerfile(folder: string): Promise<ParsedDockerfile> {
  const file = await findDockerfile(folder);
  return parseDockerfile(file ? await readFile(join(folder, file), 'utf8') : '');
}

/** Whether any file of a generation reads the port to listen on from its environment. */
async function mentionsPort(folder: string): Promise<boolean> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && (await mentionsPort(path))) return true;
    } else if (
      entry.isFile() &&
      !/^(?:dockerfile|containerfile)$/i.test(entry.name) &&
      (await stat(path)).size <= LARGEST_SEARCHED
    ) {
      if (/\bhttp_port\b|\bPORT\b/.test(await readFile(path, 'latin1'))) return true;
    }
  }
  return false;
}
