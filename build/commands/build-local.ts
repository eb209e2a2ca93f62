import { join, resolve } from 'node:path';
import { WATCHDOG_COMMAND, type LocalImage } from '../../common/local-image.ts';
import { imageName, refuseDigest } from '../engine/image-name.ts';
import type { Host } from '../host.ts';
import { writeLocalImage } from '../image/local-image.ts';
import { Generations, runtimeFolder } from '../runtime/generations.ts';
import { InstalledPackages } from '../runtime/installed-packages.ts';
import { prepareGeneration, type Prepared } from '../runtime/prepare.ts';
import type { FunctionEntry, Stack } from '../stack/functions.ts';
import { selectFunctions, withoutPrebuilt, type Selection } from '../stack/select.ts';
import type { TagFormat } from '../stack/tag-formats.ts';
import { ensureTemplate } from '../template/ensure.ts';
import { StepList } from '../terminal/steps.ts';

export interface BuildLocalOptions extends Selection {
  readonly tag: TagFormat;
  /** Undefined for $OFKIT_STATE, else the project's own. */
  readonly stateFolder: string | undefined;
  readonly stackPull: boolean;
  readonly json: boolean;
}

/** Where a plain server listens whose Dockerfile does not say: as OpenFaaS asks of every image. */
const USUAL_PORT = 8080;

/** The state folder that local images are put into, and that a gateway is to be given. */
function stateFolderOf(host: Host, given: string | undefined): string {
  const chosen = given ?? host.env['OFKIT_STATE'];
  return chosen ? resolve(host.cwd, chosen) : ownStateFolder(host);
}

/** The project's own: it goes with build/.ofkit, so that its images may share installed packages with it. */
function ownStateFolder(host: Host): string {
  return join(runtimeFolder(host.cwd), 'state');
}

/** `ofkit build --local`: images that of-gateway runs without a container engine. */
export async function buildLocalImages(host: Host, stack: Stack, options: BuildLocalOptions): Promise<void> {
  const entries = withoutPrebuilt(selectFunctions(stack, options), options, (_name, text) =>
    host.err.line(`note: ${text}`),
  );
  for (const lang of new Set(entries.map((entry) => entry.lang)))
    await ensureTemplate(host, lang, options.stackPull ? stack.templates : []);
  const stateFolder = stateFolderOf(host, options.stateFolder);
  const packages = new InstalledPackages(host.cwd);
  const steps = new StepList(host.err);
  const built: { name: string; image: string; revision: string }[] = [];
  await steps.start();
  try {
    for (const entry of entries) {
      host.interrupted.throwIfAborted();
      await steps.run(`${entry.name}: ${entry.lang}`, async (onStep) => {
        const made = await buildLocalImage(host, entry, {
          stack,
          tag: options.tag,
          stateFolder,
          packages,
          onStep,
        });
        built.push({ name: entry.name, ...made });
      });
    }
  } finally {
    await steps.stop();
  }
  if (options.json) host.out.line(JSON.stringify(built, undefined, 2));
  else for (const { name, image } of built) host.out.line(`${name}: local image ${image}`);
  if (!options.json)
    host.err.line(host.err.paint('dim', `They lie in ${stateFolder}: of-gateway --state-dir ${stateFolder}`));
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
    stateFolder === ownStateFolder(host) ? 'linked' : 'copied',
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
