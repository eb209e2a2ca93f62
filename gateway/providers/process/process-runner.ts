import { createHash } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFolder } from '../../../common/files/remove-folder.ts';
import { findLocalImage } from '../../../common/local-image.ts';
import type { Environment } from '../../../common/settings/read.ts';
import { GatewayError } from '../../errors.ts';
import type { Deployment } from '../../functions/deployment.ts';
import type { VersionRecord } from '../../state/function-store.ts';
import type { SecretStore } from '../../state/secret-store.ts';
import { instanceId } from '../instances/instance-id.ts';
import { readProbes } from '../instances/probe-settings.ts';
import type { Runner } from '../instances/runner.ts';
import type { FunctionVersion } from '../instances/function-version.ts';
import { canRunAsFunctionUser, functionUser } from './function-users.ts';
import type { LaunchContext } from './launch.ts';
import { ResourceLimiter } from './limits/resource-limiter.ts';
import { preloadText } from './preload-text.ts';
import { ProcessVersion } from './process-version.ts';
import { killTree } from './process-tree.ts';
import { SecretsFolder } from '../instances/secrets-folder.ts';

export interface ProcessRunnerOptions {
  readonly stateFolder: string;
  /** dist/fwatchdog.js */
  readonly watchdog: string;
  /** The gateway's own environment. */
  readonly environment: Environment;
  /** `HOST:PORT` where functions reach the gateway. Functions start once it is known. */
  readonly gatewayAddress: Promise<string>;
  readonly secrets: SecretStore;
  /** Whether each function runs as a user of its own. Only root can start such processes. */
  readonly ownUsers: boolean;
  /** Whether the start fails where functions cannot run as users of their own. */
  readonly mustHaveOwnUsers: boolean;
  /** Whether functions may ask for a debugger. */
  readonly development: boolean;
  readonly warn: (line: string) => void;
}

/** The environment variable by which the processes of a gateway's functions are found. */
const MARKER = 'OF_GATEWAY_INSTANCE';

/** Runs local images as processes of this machine, each instance under a watchdog of its own. */
export class ProcessRunner implements Runner {
  readonly orchestration = 'process';
  readonly #options: ProcessRunnerOptions;
  readonly #launch: Omit<LaunchContext, 'limiter'>;
  #limiter: ResourceLimiter | undefined;
  #ownUsers: boolean;

  constructor(options: ProcessRunnerOptions) {
    this.#options = options;
    this.#ownUsers = options.ownUsers;
    const { stateFolder, environment, watchdog, gatewayAddress, development } = options;
    const runFolder = join(stateFolder, 'run');
    const state = createHash('sha256').update(stateFolder).digest('hex').slice(0, 16);
    this.#launch = {
      host: { environment, watchdog, preload: join(runFolder, 'preload.cjs'), gatewayAddress },
      runFolder,
      markerName: MARKER,
      markerPrefix: `${state}/`,
      development,
    };
  }

  async open(): Promise<void> {
    this.#limiter = await ResourceLimiter.open();
    const { runFolder, markerName, markerPrefix, host } = this.#launch;
    // A gateway that was killed may have left instances behind: they end before new ones start.
    await killTree(undefined, `${markerName}=${markerPrefix}`);
    await removeFolder(runFolder);
    await mkdir(runFolder, { recursive: true, mode: 0o711 });
    if (this.#ownUsers) await chmod(this.#options.stateFolder, 0o711);
    await writeFile(host.preload, preloadText, { mode: 0o644 });
    if (this.#ownUsers && !(await canRunAsFunctionUser([host.preload, host.watchdog]))) this.#shareUser();
  }

  /** Lets functions run as the gateway's user. @throws GatewayError PROVIDER_UNAVAILABLE if the settings forbid that */
  #shareUser(): void {
    const { stateFolder, watchdog, mustHaveOwnUsers, warn } = this.#options;
    const text = `functions cannot run as users of their own, as these could not read ${stateFolder} or ${watchdog}`;
    if (mustHaveOwnUsers)
      throw new GatewayError('PROVIDER_UNAVAILABLE', `${text}: move them, or set function_users=false`);
    warn(`${text}: they run as the gateway's user`);
    this.#ownUsers = false;
  }

  takenUp(): void {
    // `open` has ended all instances that were left
  }

  close(): Promise<void> {
    return removeFolder(this.#launch.runFolder);
  }

  checkHealth(): Promise<void> {
    return Promise.resolve();
  }

  async check(deployment: Deployment): Promise<VersionRecord> {
    const image = await findLocalImage(this.#options.stateFolder, deployment.image);
    if (image) return { deployment, revision: image.revision };
    const text = `the image ${deployment.image} is not local, and there is no container engine to pull it: make it with "ofkit build --local", or give the gateway an engine`;
    throw new GatewayError('IMAGE_UNAVAILABLE', text);
  }

  async make(record: VersionRecord): Promise<FunctionVersion> {
    if (!this.#limiter) throw new Error('the runner was not opened');
    const { deployment, revision } = record;
    const { stateFolder, secrets } = this.#options;
    const { name, namespace } = deployment;
    const user = this.#ownUsers ? functionUser({ name, namespace }) : undefined;
    const secretsFolder = new SecretsFolder({
      path: join(this.#launch.runFolder, `${instanceId(name)}.secrets`),
      namespace,
      names: deployment.secrets,
      store: secrets,
      user,
    });
    await secretsFolder.create();
    return new ProcessVersion({
      record,
      probes: readProbes(deployment.annotations),
      image: await findLocalImage(stateFolder, deployment.image, revision),
      secrets: secretsFolder,
      user,
      launch: { ...this.#launch, limiter: this.#limiter },
      stateFolder,
    });
  }
}
