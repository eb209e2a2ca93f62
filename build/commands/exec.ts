import { constants } from 'node:os';
import { execa } from 'execa';
import type { Location } from '../../common/gateway-location.ts';
import { KitError } from '../errors.ts';
import { removeFolder } from '../../common/files/remove-folder.ts';
import { bringUp } from '../gateway-client/bring-up.ts';
import { stopGateway } from '../gateway-client/running-gateway.ts';
import type { Host } from '../host.ts';
import { makeTemporaryStateFolder } from '../image/state-folder.ts';
import type { RunOptions } from '../stack/run-options.ts';

/**
 * `ofkit exec`: runs a command while all functions run behind a new gateway, so that earlier runs leave no trace.
 * @returns the exit status of the command; 128 and the signal's number where a signal ended it
 */
export async function execWithFunctions(
  host: Host,
  command: readonly string[],
  options: RunOptions,
): Promise<number> {
  const stateFolder = await makeTemporaryStateFolder(host, 'exec', false);
  const hurry = new AbortController();
  let started: Location | undefined;
  const end = async (): Promise<void> => {
    if (started) await stopGateway(started, hurry.signal);
    await removeFolder(stateFolder);
  };
  host.onSecondInterrupt(() => {
    hurry.abort();
    return end();
  });
  try {
    const { location } = await bringUp(
      host,
      { ...options, port: options.port ?? 0 },
      { stateFolder, detached: false, onStarted: (gateway) => (started = gateway) },
    );
    return await runCommand(host, command, location.url, hurry.signal);
  } finally {
    await end();
  }
}

async function runCommand(
  host: Host,
  [program = '', ...args]: readonly string[],
  url: string,
  hurry: AbortSignal,
): Promise<number> {
  const child = execa(program, args, {
    cwd: host.folder,
    env: { ...host.environment, OPENFAAS_URL: url },
    extendEnv: false,
    stdio: 'inherit',
    reject: false,
    forceKillAfterDelay: false,
  });
  // A terminal sends its Ctrl-C to the command too, so ofkit need not.
  const isTerminal = host.out.live || host.err.live;
  host.interrupted.addEventListener('abort', () => isTerminal || child.kill('SIGTERM'));
  hurry.addEventListener('abort', () => child.kill('SIGKILL'));
  const { exitCode, signal, code } = await child;
  if (exitCode !== undefined) return exitCode;
  if (signal !== undefined) return 128 + constants.signals[signal];
  throw new KitError(
    'TOOL_MISSING',
    `${program} cannot be started (${code ?? 'unknown'}): install it, or name its file`,
  );
}
