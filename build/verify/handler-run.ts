import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { KitError } from '../errors.ts';
import { copyTree } from '../files/copy.ts';
import { removeFolder } from '../../common/files/remove-folder.ts';
import { makeTemporaryFolder } from '../files/temporary.ts';
import { GatewayClient } from '../gateway-client/client.ts';
import { deploymentOf } from '../gateway-client/deployment.ts';
import { functionUrl } from '../gateway-client/function-names.ts';
import { untilReady } from '../gateway-client/readiness.ts';
import { stopGateway } from '../gateway-client/running-gateway.ts';
import { startGateway, type StartedGateway } from '../gateway-client/start-gateway.ts';
import type { Project } from '../project.ts';
import { putImage } from '../image/build-image.ts';
import { Generations } from '../prepare/generations.ts';
import type { InstalledPackages } from '../prepare/installed-packages.ts';
import { runScript } from '../prepare/packages.ts';
import { prepareGeneration, type Prepared } from '../prepare/prepare.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import { singleFunctionStack } from '../stack/stack-file.ts';
import { TEMPLATE_FOLDER } from '../template/language.ts';
import type { Subject } from './subject.ts';

const ANSWER_WITHIN_MS = 30_000;
const NAME = 'verified';

/** Runs handlers of templates behind a gateway of their own. */
export class HandlerRuns {
  readonly #project: Project;
  readonly #stateFolder: string;
  readonly #packages: InstalledPackages;
  readonly #gateway: StartedGateway;
  readonly #client: GatewayClient;

  /**
   * Starts the gateway.
   * @param folder a temporary folder
   * @param packages the installed packages, which templates that need the same ones share
   */
  static async start(project: Project, folder: string, packages: InstalledPackages): Promise<HandlerRuns> {
    const stateFolder = join(folder, 'state');
    const gateway = await startGateway(project, {
      stateFolder,
      port: 0,
      watchdog: undefined,
      onEngine: false,
      detached: false,
    });
    const client = await GatewayClient.create(gateway.location.url, stateFolder);
    return new HandlerRuns(project, stateFolder, packages, gateway, client);
  }

  private constructor(
    project: Project,
    stateFolder: string,
    packages: InstalledPackages,
    gateway: StartedGateway,
    client: GatewayClient,
  ) {
    this.#project = project;
    this.#stateFolder = stateFolder;
    this.#packages = packages;
    this.#gateway = gateway;
    this.#client = client;
  }

  /** Stops the gateway with all its functions. */
  stop(): Promise<void> {
    return stopGateway(this.#gateway.location, this.#project.interrupted);
  }

  /**
   * Makes a function of a template in a temporary project, runs its tests, starts it under the watchdog and calls it.
   * @throws KitError with the output of the step that failed
   */
  async run(subject: Subject): Promise<void> {
    const folder = await makeTemporaryFolder();
    try {
      const project: Project = { ...this.#project, folder };
      const entry = await makeProject(folder, subject);
      const generations = new Generations(folder, entry.name);
      await generations.open();
      const options = {
        generations,
        packages: this.#packages,
        copy: [],
        inspect: false,
        onStep: () => undefined,
      };
      const prepared = await prepareGeneration(project, entry, options);
      await runTests(project, prepared);
      await this.#callOnce(project, entry, prepared);
    } finally {
      await removeFolder(folder);
    }
  }

  async #callOnce(project: Project, entry: FunctionEntry, prepared: Prepared): Promise<void> {
    const image = {
      image: entry.image,
      stateFolder: this.#stateFolder,
      isDurable: false,
      standsAlone: false,
    };
    await putImage(project, prepared, image);
    const deployment = await deploymentOf(project, entry, entry.image, { variables: {}, inspect: false });
    const { service: name, namespace } = deployment;
    await this.#client.deploy(deployment);
    try {
      await untilReady(this.#client, deployment, project.interrupted);
      await call(functionUrl(this.#client.url, { name, namespace }));
    } finally {
      await this.#client.remove(name, namespace);
    }
  }
}

/** Makes a project with one function: the template with its own handler. */
async function makeProject(folder: string, subject: Subject): Promise<FunctionEntry> {
  await mkdir(join(folder, TEMPLATE_FOLDER));
  await copyTree(subject.folder, join(folder, TEMPLATE_FOLDER, subject.name), { skip: isInstalled });
  await copyTree(join(subject.folder, subject.language.handlerFolder), join(folder, NAME), {
    skip: isInstalled,
  });
  const given = { name: NAME, image: `${NAME}-${subject.name}`, handler: `./${NAME}`, lang: subject.name };
  const [entry] = singleFunctionStack(given).functions;
  if (!entry) throw new KitError('INTERNAL', 'the stack of a single function has none');
  return entry;
}

function isInstalled(name: string): boolean {
  return name === 'node_modules';
}

async function runTests(project: Project, { manifests }: Prepared): Promise<void> {
  for (const manifest of manifests) {
    const bins = [manifest.folder, dirname(manifest.folder)].map((folder) =>
      join(folder, 'node_modules/.bin'),
    );
    const place = { cwd: manifest.folder, bins, variables: {} };
    const output = await runScript(project, place, manifest, { script: 'test' });
    if (output !== undefined) throw new KitError('BUILD_FAILED', 'its tests fail', { output });
  }
}

async function call(url: string): Promise<void> {
  const asked = request(url, { agent: false, timeout: ANSWER_WITHIN_MS });
  asked.once('timeout', () => asked.destroy(new KitError('START_FAILED', 'its handler does not answer')));
  asked.end();
  const [answer] = (await once(asked, 'response')) as [{ statusCode?: number; resume: () => void }];
  answer.resume();
  if ((answer.statusCode ?? 500) >= 500) {
    throw new KitError('START_FAILED', `its handler answers GET / with ${answer.statusCode ?? 0}`);
  }
}
