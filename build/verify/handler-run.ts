import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { KitError } from '../errors.ts';
import { copyTree } from '../files/copy.ts';
import { makeTemporaryFolder, removeFolder } from '../files/temporary.ts';
import type { Host } from '../host.ts';
import { Generations } from '../runtime/generations.ts';
import type { InstalledPackages } from '../runtime/installed-packages.ts';
import { launchInstance, makeTemporary, writePreload } from '../runtime/launch.ts';
import { runScript } from '../runtime/packages.ts';
import { prepareGeneration, type Prepared } from '../runtime/prepare.ts';
import { singleFunctionStack } from '../stack/read.ts';
import { TEMPLATE_FOLDER } from '../template/language.ts';
import type { Subject } from './subject.ts';

const ANSWER_WITHIN_MS = 30_000;
const STOP_MS = 5000;

/**
 * Makes a function of a template in a temporary project, runs its tests, starts it under the watchdog and calls it.
 * @param packages what templates share that ask for the same
 * @throws KitError with the output of what failed
 */
export async function runHandler(
  host: Host,
  subject: Subject,
  watchdog: string,
  packages: InstalledPackages,
): Promise<void> {
  const project = await makeTemporaryFolder();
  try {
    const within: Host = { ...host, cwd: project };
    await mkdir(join(project, TEMPLATE_FOLDER));
    await copyTree(subject.folder, join(project, TEMPLATE_FOLDER, subject.name), { skip: isInstalled });
    await copyTree(join(subject.folder, subject.language.handlerFolder), join(project, 'verified'), {
      skip: isInstalled,
    });
    const given = { name: 'verified', image: 'verified', handler: './verified', lang: subject.name };
    const [entry] = singleFunctionStack(given).functions;
    if (!entry) return;
    const generations = new Generations(project, entry.name);
    await generations.open();
    const options = { generations, packages, copy: [], inspect: false, onStep: () => undefined };
    const prepared = await prepareGeneration(within, entry, options);
    await runTests(within, prepared);
    const launch = {
      watchdog,
      preload: await writePreload(project),
      variables: {},
      inspect: false,
      onLine: () => undefined,
      onDebugger: () => undefined,
    };
    const temporary = await makeTemporary(within, entry);
    try {
      const instance = await launchInstance(within, entry, prepared, temporary, launch, host.interrupted);
      await call(instance.port).finally(() => instance.stop(STOP_MS));
    } finally {
      await removeFolder(temporary);
    }
  } finally {
    await removeFolder(project);
  }
}

function isInstalled(name: string): boolean {
  return name === 'node_modules';
}

async function runTests(host: Host, { folder, manifests }: Prepared): Promise<void> {
  for (const manifest of manifests) {
    const output = await runScript(host, folder, manifest, 'test');
    if (output !== undefined) throw new KitError('BUILD_FAILED', 'its tests fail', { output });
  }
}

async function call(port: number): Promise<void> {
  const asked = request({ host: '127.0.0.1', port, agent: false, timeout: ANSWER_WITHIN_MS });
  asked.once('timeout', () => asked.destroy(new KitError('START_FAILED', 'its handler does not answer')));
  asked.end();
  const [answer] = (await once(asked, 'response')) as [{ statusCode?: number; resume: () => void }];
  answer.resume();
  if ((answer.statusCode ?? 500) >= 500) {
    throw new KitError('START_FAILED', `its handler answers GET / with ${answer.statusCode ?? 0}`);
  }
}
