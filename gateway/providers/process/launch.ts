import { createHash, randomBytes } from 'node:crypto';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFolder } from '../../../common/files/remove-folder.ts';
import { findFreePort } from './free-port.ts';
import { Instance } from './instance.ts';
import { instanceEnvironment, type HostFacts } from './instance-environment.ts';
import type { InstanceLine } from './instance-line.ts';
import { isInspected } from './own-ports.ts';
import type { FunctionUser } from './secrets-folder.ts';
import type { Version } from './version.ts';

/** What all instances of a gateway need to be started. */
export interface LaunchContext {
  readonly host: HostFacts;
  /** Of temporary folders: one an instance, gone with it. */
  readonly runFolder: string;
  /** By whose value processes of this gateway's state folder are known. */
  readonly markerName: string;
  readonly markerPrefix: string;
  /** Whether functions may ask for a debugger. */
  readonly development: boolean;
}

/** The variable by which processes are known that a gateway's functions have started. */
const MARKER = 'OF_GATEWAY_INSTANCE';

/** @param development whether functions may ask for a debugger */
export function launchContext(
  stateFolder: string,
  { environment, watchdog, gatewayAddress }: Omit<HostFacts, 'preload'>,
  development: boolean,
): LaunchContext {
  const runFolder = join(stateFolder, 'run');
  const state = createHash('sha256').update(stateFolder).digest('hex').slice(0, 16);
  const preload = join(runFolder, 'preload.cjs');
  return {
    host: { environment, watchdog, preload, gatewayAddress },
    runFolder,
    markerName: MARKER,
    markerPrefix: `${state}/`,
    development,
  };
}

export interface LaunchOptions {
  readonly id: string;
  readonly user: FunctionUser | undefined;
  readonly onLine: (line: InstanceLine) => void;
  readonly onDebugger: (port: number) => void;
}

/** A name that no other instance has: in log lines, and as the name of its folder. */
export function instanceId(functionName: string): string {
  return `${functionName}-${randomBytes(4).toString('hex')}`;
}

/** Whether two instances of a version can run at a time: only a server whose port is fixed cannot. */
export function canOverlap({ record, image }: Version): boolean {
  return (
    !image ||
    image.choosesPort ||
    modeOf(record.deployment.envVars, image.environment, image.command) !== 'http'
  );
}

/** Starts an instance of a version; it is not ready yet. */
export async function launchInstance(
  { host, runFolder, markerName, markerPrefix, development }: LaunchContext,
  version: Version,
  { id, user, onLine, onDebugger }: LaunchOptions,
): Promise<Instance> {
  const { record, image, secrets } = version;
  const { deployment } = record;
  if (!image)
    throw new Error(`its image ${deployment.image} is not local any more: build it, then deploy again`);
  const temporary = join(runFolder, id);
  await mkdir(temporary, { mode: 0o700 });
  if (user) await chown(temporary, user.uid, user.gid);
  const isHttp = modeOf(deployment.envVars, image.environment, image.command) === 'http';
  const environment = await instanceEnvironment(host, {
    deployment,
    image,
    temporary,
    secrets: secrets.path,
    marker: [markerName, markerPrefix + id],
    inspect: development && isInspected(deployment),
    functionPort: isHttp && image.choosesPort ? await findFreePort() : undefined,
  });
  const marker = `${markerName}=${markerPrefix}${id}`;
  const { watchdog } = host;
  const instance = new Instance({
    id,
    watchdog,
    folder: image.root,
    environment,
    marker,
    user,
    onLine,
    onDebugger,
  });
  void instance.ended.then(() => removeFolder(temporary).catch(() => undefined));
  return instance;
}

function modeOf(
  variables: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
  command: readonly string[],
): string {
  if (command[0] !== 'fwatchdog') return 'http';
  return variables['mode'] ?? environment['mode'] ?? 'streaming';
}
