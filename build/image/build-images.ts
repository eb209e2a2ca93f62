import { resolve } from 'node:path';
import { WATCHDOG_COMMAND, type LocalImage } from '../../common/local-image.ts';
import { imageName, refuseDigest } from '../engine/image-name.ts';
import { isWithin } from '../files/inside.ts';
import type { Host } from '../host.ts';
import { Generations, runtimeFolder } from '../runtime/generations.ts';
import { InstalledPackages } from '../runtime/installed-packages.ts';
import { prepareGeneration, type Prepared } from '../runtime/prepare.ts';
import type { FunctionEntry, Stack } from '../stack/functions.ts';
import type { TagFormat } from '../stack/tag-formats.ts';
import { ensureTemplate } from '../template/ensure.ts';
import { StepList } from '../terminal/steps.ts';
import { writeLocalImage } from './local-image.ts';

export interface LocalBuildOptions {
  readonly tag: TagFormat;
  readonly stateFolder: string;
  readonly stackPull: boolean;
}

/** A function whose local image is there. */
export interface BuiltImage {
  readonly name: string;
  readonly image: string;
  readonly revision: string;
}

/** Where a plain server listens whose Dockerfile does not say: as OpenFaaS asks of every image. */
const USUAL_PORT = 8080;

/**
 * Makes local images of functions, one after another, and shows each as a step.
 * @throws KitError of the first that cannot be made
 */
export async function buildImages(
  host: Host,
  stack: Stack,
  entries: readonly FunctionEntry[],
  { tag, stateFolder, stackPull }: LocalBuildOptions,
): Promise<BuiltImage[]> {
  for (const lang of new Set(entries.map((entry) => entry.lang)))
    await ensureTemplate(host, lang, stackPull ? stack.templates : []);
  const packages = new InstalledPackages(host.cwd);
  const steps = new StepList(host.err);
  const built: BuiltImage[] = [];
  await steps.start();
  try {
    for (const entry of entries) {
      host.interrupted.throwIfAborted();
      await steps.run(`${entry.name}: ${entry.lang}`, async (onStep) => {
        const made = await buildLocalImage(host, entry, { stack, tag, stateFolder, packages, onStep });
        built.push({ name: entry.name, ...made });
      });
    }
  } finally {
    await steps.stop();
  }
  return built;
}

interface LocalBuild {
  readonly stack: Stack;
  readonly tag: TagFormat;
  readonly stateFolder: string;
  readonly packages: InstalledPackages;
  readonly onStep: (step: string) => void;
}

/** Prepares a function as its Dockerfile does, and puts it where the gateway finds it. */
async function buildLocalImage(
  host: Host,
  entry: FunctionEntry,
  { stack, tag, stateFolder, packages, onStep }: LocalBuild,
): Promise<{ image: string; revision: string }> {
  const image = await imageName(host, entry, tag, resolve(host.cwd, entry.handler));
  refuseDigest(entry, image);
  const generations = new Generations(host.cwd, entry.name);
  await generations.open();
  const options = {
    generations,
    packages,
    copy: stack.copy,
    inspect: false,
    allowsPlainServers: true,
    onStep,
  };
  const prepared = await prepareGeneration(host, entry, options);
  for (const line of prepared.unfollowed) host.err.line(`note: ${entry.name}: ${line}`);
  const revision = await writeLocalImage(
    stateFolder,
    describe(image, prepared),
    prepared.folder,
    isWithin(runtimeFolder(host.cwd), stateFolder) ? 'linked' : 'copied',
  );
  return { image, revision };
}

function describe(name: string, prepared: Prepared): LocalImage {
  const { image, mode, fprocess, command, choosesPort } = prepared;
  const isWatchdog =
    command.words.length === 0 || command.words.some((word) => word.includes(WATCHDOG_COMMAND));
  return {
    name,
    workdir: image.workdir,
    environment: {
      ...(fprocess && { fprocess }),
      ...image.variables,
      ...(mode.mode !== undefined && { mode: mode.mode }),
    },
    command: isWatchdog ? [WATCHDOG_COMMAND] : command.words,
    choosesPort,
    port: command.port ?? USUAL_PORT,
  };
}
