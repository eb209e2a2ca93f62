import { resolve } from 'node:path';
import { imageName, refuseDigest } from '../engine/image-name.ts';
import type { Host } from '../host.ts';
import { InstalledPackages } from '../prepare/installed-packages.ts';
import type { FunctionEntry, Stack } from '../stack/functions.ts';
import type { TagFormat } from '../stack/tag-formats.ts';
import { ensureTemplates } from '../template/ensure.ts';
import { StepList } from '../terminal/steps.ts';
import { buildImage } from './build-image.ts';

export interface LocalBuildOptions {
  readonly tag: TagFormat;
  readonly stateFolder: string;
  readonly stackPull: boolean;
}

/** A function whose local image was made. */
export interface BuiltImage {
  readonly name: string;
  readonly image: string;
  readonly revision: string;
}

/**
 * Makes local images of functions one by one, and shows each as a step.
 * @throws KitError of the first image that cannot be made
 */
export async function buildImages(
  host: Host,
  stack: Stack,
  entries: readonly FunctionEntry[],
  { tag, stateFolder, stackPull }: LocalBuildOptions,
): Promise<BuiltImage[]> {
  await ensureTemplates(host, entries, stackPull ? stack.templates : []);
  const settings = {
    stateFolder,
    packages: new InstalledPackages(host.folder),
    copy: stack.copy,
    inspect: false,
    isDurable: true,
  };
  const steps = new StepList(host.err);
  const built: BuiltImage[] = [];
  await steps.start();
  try {
    for (const entry of entries) {
      host.interrupted.throwIfAborted();
      await steps.run(`${entry.name}: ${entry.lang}`, async (onStep) => {
        const image = await imageName(host, entry, tag, resolve(host.folder, entry.handler));
        refuseDigest(entry, image);
        const { revision, prepared } = await buildImage(host, entry, { ...settings, image, onStep });
        for (const line of prepared.unfollowed) host.err.line(`note: ${entry.name}: ${line}`);
        built.push({ name: entry.name, image, revision });
      });
    }
  } finally {
    await steps.stop();
  }
  return built;
}
