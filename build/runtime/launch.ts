import { join } from 'node:path';
import { replaceFile } from '../files/staging.ts';
import { makeTemporaryFolder, removeFolder } from '../files/temporary.ts';
import type { Host } from '../host.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import { findFreePort } from './free-port.ts';
import { runtimeFolder } from './generations.ts';
import { instanceEnvironment } from './instance-environment.ts';
import { Instance } from './instance.ts';
import { preloadText } from './preload-text.ts';
import type { ChosenMode, Prepared } from './prepare.ts';
import { linkSecrets } from './secrets.ts';
import { withOriginalPaths } from './source-places.ts';
import { functionVariables } from '../stack/variables.ts';
import type { InstanceLine } from './watchdog-lines.ts';

export interface LaunchOptions {
  /** dist/fwatchdog.js */
  readonly watchdog: string;
  /** What `writePreload` wrote. */
  readonly preload: string;
  /** What --env gave. */
  readonly variables: Readonly<Record<string, string>>;
  readonly inspect: boolean;
  readonly onLine: (line: InstanceLine) => void;
  readonly onDebugger: (port: number) => void;
}

const READY_WITHIN_MS = 60_000;

/** Writes the file that the Node processes of functions load first. */
export async function writePreload(cwd: string): Promise<string> {
  const path = join(runtimeFolder(cwd), 'preload.cjs');
  await replaceFile(path, preloadText, 0o600);
  return path;
}

/** The folder of an instance for its lock-file, its secrets, and what the function puts in the temporary folder. */
export async function makeTemporary(host: Host, entry: FunctionEntry): Promise<string> {
  const folder = await makeTemporaryFolder();
  try {
    await linkSecrets(host.cwd, entry.secrets, join(folder, 'secrets'));
    return folder;
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

/** @param mode that the watchdog gets */
function toldMode(mode: string | undefined, { mode: meant, why }: ChosenMode): string {
  return mode === meant
    ? `mode=${mode ?? 'streaming'}: ${why}`
    : `mode=${mode ?? 'streaming'}: of stack.yaml or --env`;
}

/** Starts a generation under the watchdog, with the environment that its container would have. */
export async function launchInstance(
  host: Host,
  entry: FunctionEntry,
  prepared: Prepared,
  temporary: string,
  { watchdog, preload, variables, inspect, onLine, onDebugger }: LaunchOptions,
  signal: AbortSignal,
): Promise<Instance> {
  const env = instanceEnvironment(host, {
    entry,
    prepared,
    variables: await functionVariables(host, entry, variables),
    temporary,
    secrets: join(temporary, 'secrets'),
    preload,
    watchdog,
    inspect,
    functionPort: prepared.choosesPort ? await findFreePort() : undefined,
  });
  const options = {
    name: entry.name,
    watchdog,
    folder: prepared.folder,
    env,
    mode: toldMode(env.mode, prepared.mode),
    readyWithinMs: READY_WITHIN_MS,
    onLine: (line: InstanceLine) => onLine({ ...line, text: withOriginalPaths(line.text, prepared.origins) }),
    onDebugger,
  };
  return Instance.start(options, signal);
}
