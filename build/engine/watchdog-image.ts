import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expandVariables, parseDockerfile } from '../dockerfile/parse.ts';
import { isFile } from '../files/kinds.ts';
import type { Host } from '../host.ts';
import { WATCHDOG_IMAGE } from '../release.ts';
import { buildImage } from './build-image.ts';
import { hasImage } from './engine.ts';
import type { Engine } from './names.ts';

/** Whether the engine has the image already. */
export async function hasWatchdogImage(host: Host, engine: Engine): Promise<boolean> {
  return hasImage(host, engine, WATCHDOG_IMAGE);
}

/** Whether a build context's Dockerfile takes the watchdog from our image, with these build arguments. */
export async function needsWatchdogImage(
  folder: string,
  buildArgs: Readonly<Record<string, string>>,
): Promise<boolean> {
  const { stages, globalArguments } = parseDockerfile(await readFile(join(folder, 'Dockerfile'), 'utf8'));
  const values = { ...globalArguments, ...buildArgs };
  return stages.some((stage) => expandVariables(stage.base, values) === WATCHDOG_IMAGE);
}

/** The folder of this repository's checkout or package, if its Dockerfile.watchdog is there. */
export async function findCheckout(program: string): Promise<string | undefined> {
  const folder = dirname(dirname(program));
  return (await isFile(join(folder, 'Dockerfile.watchdog'))) ? folder : undefined;
}

/**
 * Builds the watchdog's image from the checkout that ofkit runs from.
 * @param checkout what `findCheckout` found
 */
export async function buildWatchdogImage(
  host: Host,
  engine: Engine,
  checkout: string,
  onLine: (line: string) => void,
): Promise<void> {
  const build = {
    image: WATCHDOG_IMAGE,
    folder: checkout,
    dockerfile: 'Dockerfile.watchdog',
    buildArgs: {},
    labels: {},
    secrets: {},
    noCache: false,
    squash: false,
    pull: false,
    mountSsh: false,
  };
  await buildImage(host, engine, build, onLine);
}
