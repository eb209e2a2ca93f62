import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { imageFolder, WATCHDOG_COMMAND, type LocalImage } from '../../common/local-image.ts';
import { isPlainServer } from '../dockerfile/image-command.ts';
import { isWithin } from '../files/inside.ts';
import type { Project } from '../project.ts';
import { Generations, runtimeFolder } from '../prepare/generations.ts';
import type { InstalledPackages } from '../prepare/installed-packages.ts';
import { prepareGeneration, type Prepared } from '../prepare/prepare.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import { writeLocalImage } from './image-writer.ts';

export interface ImageBuild {
  /** The image's name. */
  readonly image: string;
  readonly stateFolder: string;
  readonly packages: InstalledPackages;
  readonly copy: readonly string[];
  /** Whether a debugger has to find the user's own files. */
  readonly inspect: boolean;
  /** Whether the image has to be whole after a crash of the system. */
  readonly isDurable: boolean;
  /** Whether installed packages are copied into it. By default they are, unless the state folder lies beside them. */
  readonly standsAlone?: boolean;
  /** Gets the name of each step that takes long. */
  readonly onStep: (step: string) => void;
}

/** A local image that was made. */
export interface MadeImage {
  readonly image: string;
  readonly revision: string;
  /** The folder of its files. */
  readonly root: string;
  /** The prepared function that it was made from. Its files have moved to `root`. */
  readonly prepared: Prepared;
}

/**
 * Prepares a function as its Dockerfile does, and puts it where the gateway finds it.
 * @throws KitError BUILD_FAILED with the compiler's output, whose places name the user's files
 */
export async function buildImage(
  project: Project,
  entry: FunctionEntry,
  build: ImageBuild,
): Promise<MadeImage> {
  const generations = new Generations(project.folder, entry.name);
  await generations.open();
  const prepared = await prepareGeneration(project, entry, { ...build, generations });
  return putImage(project, prepared, build);
}

/** Puts a function that was prepared where the gateway finds it. */
export async function putImage(
  project: Project,
  prepared: Prepared,
  {
    image,
    stateFolder,
    isDurable,
    standsAlone = !isWithin(runtimeFolder(project.folder), stateFolder),
  }: Pick<ImageBuild, 'image' | 'stateFolder' | 'isDurable' | 'standsAlone'>,
): Promise<MadeImage> {
  const revision = await writeLocalImage(stateFolder, describe(image, prepared), prepared.folder, {
    packages: standsAlone ? 'copied' : 'linked',
    isDurable,
  });
  return { image, revision, root: join(imageFolder(stateFolder, image), revision, 'root'), prepared };
}

/**
 * Replaces the path of a program that neither the image's files nor this machine have by its name, which is then looked
 * for in PATH: `/usr/local/bin/node` of a base image lies elsewhere here.
 */
function presentProgram(program: string, folder: string): string {
  if (!program.startsWith('/') || existsSync(program) || existsSync(join(folder, program))) return program;
  return basename(program);
}

function presentCommand(fprocess: string, folder: string): string {
  return fprocess.replace(/^\S+/, (program) => presentProgram(program, folder));
}

function describe(name: string, prepared: Prepared): LocalImage {
  const { folder, variables, workdir, mode, fprocess, command, choosesPort } = prepared;
  const [first = '', ...rest] = command.words;
  return {
    name,
    workdir,
    isWhole: true,
    environment: {
      ...(fprocess && { fprocess }),
      ...variables,
      ...(variables['fprocess'] && { fprocess: presentCommand(variables['fprocess'], folder) }),
      ...(mode.mode !== undefined && { mode: mode.mode }),
    },
    command: isPlainServer(command) ? [presentProgram(first, folder), ...rest] : [WATCHDOG_COMMAND],
    choosesPort,
    port: command.port,
  };
}
