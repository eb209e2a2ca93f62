import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFolder } from '../../../common/files/remove-folder.ts';
import { findFreePort } from '../../../common/free-port.ts';
import type { FoundImage } from '../../../common/local-image.ts';
import { GatewayError } from '../../errors.ts';
import type { Deployment } from '../../functions/deployment.ts';
import { isInspected } from '../instances/own-ports.ts';
import type { LaunchOptions } from '../instances/function-version.ts';
import { instanceEnvironment, type HostFacts } from './instance-environment.ts';
import type { ResourceLimiter } from './limits/resource-limiter.ts';
import { ProcessInstance } from './process-instance.ts';
import type { FunctionUser, SecretsFolder } from '../instances/secrets-folder.ts';

/** The parts of a launch that all instances of a gateway share. */
export interface LaunchContext {
  readonly host: HostFacts;
  /** The folder for the temporary folders of instances, which are removed when they end. */
  readonly runFolder: string;
  /** The environment variable by whose value the processes of this gateway's state folder are found. */
  readonly markerName: string;
  readonly markerPrefix: string;
  /** Whether functions may ask for a debugger. */
  readonly development: boolean;
  readonly limiter: ResourceLimiter;
}

export interface LaunchParts extends Pick<LaunchOptions, 'id' | 'onLine' | 'onDebugger'> {
  readonly deployment: Deployment;
  readonly image: FoundImage;
  readonly secrets: SecretsFolder;
  readonly user: FunctionUser | undefined;
}

/** Whether two instances of an image can run at the same time. A server with a fixed port cannot. */
export function canOverlap({ envVars }: Deployment, image: FoundImage): boolean {
  return image.choosesPort || modeOf(envVars, image.environment, image.command) !== 'http';
}

/** Starts an instance of a version. It is not ready yet when this resolves. */
export async function launchProcess(
  { host, runFolder, markerName, markerPrefix, development, limiter }: LaunchContext,
  { deployment, image, secrets, user, id, onLine, onDebugger }: LaunchParts,
): Promise<ProcessInstance> {
  const temporary = join(runFolder, id);
  await mkdir(temporary, { mode: 0o700 });
  if (user) await chown(temporary, user.uid, user.gid);
  const mode = modeOf(deployment.envVars, image.environment, image.command);
  const isHttp = mode === 'http';
  const limits = limiter.holderFor(id, deployment, mode === 'inproc');
  const environment = await instanceEnvironment(host, {
    deployment,
    image,
    temporary,
    secrets: secrets.path,
    marker: [markerName, markerPrefix + id],
    inspect: development && isInspected(deployment),
    functionPort: isHttp && image.choosesPort ? await findFreePort(noPort) : undefined,
  });
  const instance = new ProcessInstance({
    id,
    watchdog: host.watchdog,
    folder: image.root,
    environment,
    marker: `${markerName}=${markerPrefix}${id}`,
    user,
    limits,
    onLine,
    onDebugger,
  });
  void instance.ended.then(() =>
    Promise.all([limits?.release(), removeFolder(temporary).catch(() => undefined)]),
  );
  return instance;
}

function noPort(text: string): GatewayError {
  return new GatewayError('FUNCTION_UNAVAILABLE', text);
}

function modeOf(
  variables: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
  command: readonly string[],
): string {
  if (command[0] !== 'fwatchdog') return 'http';
  return variables['mode'] ?? environment['mode'] ?? 'streaming';
}
