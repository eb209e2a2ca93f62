import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DOCKERFILE_TEMPLATE, fillBuildContext } from '../context/build-context.ts';
import { removeIgnored } from '../context/docker-ignore.ts';
import { findDockerfile } from '../dockerfile/find.ts';
import { imageCommand, isPlainServer, type ImageCommand } from '../dockerfile/image-command.ts';
import { parseDockerfile, unknownInstructions, type ParsedDockerfile } from '../dockerfile/parse.ts';
import { planStages } from '../dockerfile/plan.ts';
import { readStages, type Stage } from '../dockerfile/stages.ts';
import { watchdogVariables } from '../dockerfile/watchdog-command.ts';
import { classicWatchdog } from '../dockerfile/watchdog-origin.ts';
import { withAdditionalPackages } from '../template/additional-packages.ts';
import { KitError } from '../errors.ts';
import { exists } from '../files/kinds.ts';
import { removeFolder } from '../../common/files/remove-folder.ts';
import type { Project } from '../project.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import { readTemplate, TEMPLATE_FOLDER } from '../template/language.ts';
import { DockerfileRun, type FollowedImage } from './follow.ts';
import type { Generations } from './generations.ts';
import type { InstalledPackages } from './installed-packages.ts';
import { findManifest, type Manifest, type Variables } from './packages.ts';
import { pointMapsToOriginals } from './source-maps.ts';
import type { Origins } from './source-places.ts';

/** A function whose files are ready to be put into an image. */
export interface Prepared {
  /** The files of the image: the folder stands for its `/`. */
  readonly folder: string;
  readonly origins: Origins;
  /** The environment that a container of the image would start with, as far as the Dockerfile says. */
  readonly variables: Readonly<Record<string, string>>;
  /** The folder of the image that its process starts in. */
  readonly workdir: string;
  /** The command that its container would start. */
  readonly command: ImageCommand;
  /** The mode of the watchdog that the image sets or implies, with the reason. stack.yaml may set a different one. */
  readonly mode: ChosenMode;
  /** The command of template.yml. */
  readonly fprocess: string;
  /** Whether its server listens at the port of http_port or PORT. */
  readonly choosesPort: boolean;
  /** The package.json files in it. */
  readonly manifests: readonly Manifest[];
  /** The instructions of the Dockerfile that were not followed here, in a line each. */
  readonly unfollowed: readonly string[];
}

export interface PrepareOptions {
  readonly generations: Generations;
  readonly packages: InstalledPackages;
  readonly copy: readonly string[];
  readonly inspect: boolean;
  /** Gets the name of each step that takes long. */
  readonly onStep: (step: string) => void;
}

export interface ChosenMode {
  /** The mode; undefined for the watchdog's default. */
  readonly mode: string | undefined;
  readonly why: string;
}

const LARGEST_SEARCHED = 256 << 10;

/**
 * Writes a function's build context, and follows its Dockerfile there: packages, compiler, copies from stage to stage.
 * @throws KitError BUILD_FAILED with the compiler's output, whose places name the user's files
 */
export async function prepareGeneration(
  project: Project,
  entry: FunctionEntry,
  options: PrepareOptions,
): Promise<Prepared> {
  const language = await readTemplate(project, entry.lang);
  const handlerFolder = entry.lang === DOCKERFILE_TEMPLATE ? '' : language.handlerFolder;
  const work = await options.generations.create();
  try {
    const context = join(work, 'context');
    await mkdir(context);
    const origins: Origins = {
      project: project.folder,
      generation: context,
      places: [{ place: '', source: '' }],
      handler: resolve(project.folder, entry.handler),
      handlerFolder,
      template: join(project.folder, TEMPLATE_FOLDER, entry.lang),
    };
    const content = { handlerFolder: language.handlerFolder, copy: options.copy, skipInstalled: true };
    await fillBuildContext(project, entry, content, context);
    await removeSampleTests(origins);
    const file = await findDockerfile(context);
    const dockerfile = await readDockerfile(context, file, entry.name);
    await removeIgnored(context, file);
    const { buildArgs, buildOptions, lang } = entry;
    const given = withAdditionalPackages(buildArgs, buildOptions, lang, language);
    const stages = readStages(dockerfile, given);
    const { variables: set = {}, workdir = '/' } = stages.at(-1) ?? {};
    const command = imageCommand(stages.at(-1));
    const variables = { ...set, ...watchdogVariables(command.words, set) };
    refuseWithoutCommand(entry, variables, command);
    const followed = await follow(project, entry, { work, origins, stages }, options);
    const { root, places } = followed.image;
    if (options.inspect) await pointMapsToOriginals({ ...origins, generation: root, places }, true);
    const manifests = await readManifests(root, workdir, handlerFolder);
    const choosesPort = await mentionsPort(root);
    const folder = await options.generations.create();
    await rename(root, folder);
    return {
      folder,
      origins: { ...origins, generation: folder, places },
      variables,
      workdir,
      command,
      mode: imageMode(stages, variables, command, choosesPort),
      // faas-cli leaves it out too, as the function's own Dockerfile names the command.
      fprocess: entry.lang === DOCKERFILE_TEMPLATE ? '' : language.fprocess,
      choosesPort,
      manifests: manifests.map((one) => ({ ...one, folder: one.folder.replace(root, folder) })),
      unfollowed: followed.unfollowed,
    };
  } finally {
    await removeFolder(work);
  }
}

async function follow(
  project: Project,
  { name }: FunctionEntry,
  { work, origins, stages }: { work: string; origins: Origins; stages: readonly Stage[] },
  { packages, onStep }: PrepareOptions,
): Promise<FollowedImage> {
  const run = new DockerfileRun(project, work, origins, { name, packages, onStep });
  const followed = await run.follow(planStages(stages));
  if (!followed.hasInstalled) await run.installUnasked(followed.image, stages.at(-1)?.workdir ?? '/');
  return followed;
}

async function readManifests(root: string, workdir: string, handlerFolder: string): Promise<Manifest[]> {
  const folders = new Set([join(root, workdir), join(root, workdir, handlerFolder)]);
  const found = await Promise.all([...folders].map((folder) => findManifest(folder)));
  return found.filter((manifest) => manifest !== undefined);
}

/**
 * Removes the template's sample tests that the function does not have. The template's files lie beneath the function's,
 * so a test that its author has removed would be compiled against a handler that it does not fit.
 */
async function removeSampleTests({ generation, handler, handlerFolder }: Origins): Promise<void> {
  const folder = join(generation, handlerFolder);
  for (const name of await readdir(folder)) {
    if (!/\.test\.[cm]?[jt]sx?$/.test(name) || (await exists(join(handler, name)))) continue;
    await removeFolder(join(folder, name));
  }
}

/** @throws KitError BUILD_FAILED for an image whose Dockerfile names no command */
function refuseWithoutCommand(
  { name, lang, fprocess, environment, handler }: FunctionEntry,
  variables: Variables,
  { words }: ImageCommand,
): void {
  if (words.length > 0) return;
  const set: Record<string, string> = { ...variables, ...environment };
  const serves =
    set['mode'] === 'static' || set['mode'] === 'inproc' || set['upstream_url'] || set['http_upstream_url'];
  if (lang !== DOCKERFILE_TEMPLATE || fprocess || set['fprocess'] || set['function_process'] || serves)
    return;
  throw new KitError(
    'BUILD_FAILED',
    `${name}: the Dockerfile of ${handler} has neither fprocess nor CMD, so nothing says what to start: ` +
      'set ENV fprocess, or CMD for a server of its own',
  );
}

function imageMode(
  stages: readonly Stage[],
  variables: Variables,
  command: ImageCommand,
  choosesPort: boolean,
): ChosenMode {
  const port = choosesPort ? 'the port in PORT' : `port ${command.port}`;
  if (isPlainServer(command))
    return { mode: 'http', why: `a server of its own without a watchdog, at ${port}` };
  if (variables['mode']) return { mode: variables['mode'], why: 'ENV of the Dockerfile' };
  const classic = classicWatchdog(stages);
  if (!classic) return { mode: undefined, why: "the watchdog's default" };
  return {
    mode: 'classic',
    why: `/fwatchdog is from ${classic.source}, line ${classic.line} of the Dockerfile`,
  };
}

/** @throws KitError BUILD_FAILED where an engine would not build it */
async function readDockerfile(
  folder: string,
  file: string | undefined,
  name: string,
): Promise<ParsedDockerfile> {
  const text = file ? await readFile(join(folder, file), 'utf8') : '';
  const parsed = parseDockerfile(text);
  const refuse = (what: string): never => {
    throw new KitError('BUILD_FAILED', `${name}: ${what}`);
  };
  if (file && parsed.stages.length === 0) refuse(`the ${file} has no FROM, with which an image begins`);
  const [unknown] = CUSTOM_SYNTAX.test(text) ? [] : unknownInstructions(parsed);
  if (unknown) refuse(`line ${unknown.line} of the ${file ?? ''}: ${unknown.keyword} is no instruction`);
  return parsed;
}

/** A Dockerfile that its own front end reads, which may know more instructions. */
const CUSTOM_SYNTAX = /^#\s*syntax\s*=\s*(?!docker\/dockerfile)\S/m;

/** Whether any file reads the port for its server from the environment. */
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
