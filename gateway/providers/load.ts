import { dirname, join } from 'node:path';
import { access } from 'node:fs/promises';
import type { Environment } from '../../common/settings/read.ts';
import type { Logger } from '../log/logger.ts';
import type { Settings } from '../settings/table.ts';
import { StartError } from '../start-error.ts';
import { COMMIT, RELEASE } from '../version.ts';
import type { PortOpener } from './instances/own-ports.ts';
import type { Provider } from './provider.ts';

/** What a provider needs to know beside the settings. */
export interface ProviderSurroundings {
  readonly settings: Settings;
  readonly logger: Logger;
  /** The file of the gateway itself, links resolved. */
  readonly program: string;
  readonly environment: Environment;
  /** Where functions reach the gateway, `HOST:PORT`: known once it listens. */
  readonly address: Promise<string>;
  /** Undefined where functions have no ports of their own. */
  readonly functionPorts: PortOpener | undefined;
}

/**
 * Makes the provider that the settings name; it is not started yet.
 * @throws StartError
 */
export async function loadProvider(surroundings: ProviderSurroundings): Promise<Provider> {
  const { provider, functionsProviderUrl } = surroundings.settings;
  if (provider === 'remote' || (provider === 'auto' && functionsProviderUrl)) {
    const { RemoteProvider } = await import('./remote/remote-provider.ts');
    return RemoteProvider.create(surroundings.settings);
  }
  return openProcessProvider(surroundings);
}

async function openProcessProvider(surroundings: ProviderSurroundings): Promise<Provider> {
  const { settings, program, environment, address } = surroundings;
  const { ProcessRunner } = await import('./process/process-runner.ts');
  const { InstanceProvider } = await import('./instances/instance-provider.ts');
  const { openStores } = await import('../state/stores.ts');
  const watchdog = settings.watchdog || join(dirname(program), 'fwatchdog.js');
  await access(watchdog).catch((error: unknown) => {
    throw new StartError(`the watchdog ${watchdog} is not there: name another with watchdog=FILE`, {
      cause: error,
    });
  });
  const stateFolder = settings.stateDir;
  const warn = (line: string): void => surroundings.logger.warn(line);
  const stores = await openStores(stateFolder, settings.functionNamespace);
  const runner = new ProcessRunner({
    stateFolder,
    watchdog,
    environment,
    gatewayAddress: address,
    secrets: stores.secrets,
    ownUsers: settings.functionUsers ?? process.getuid?.() === 0,
    development: settings.development,
    mustHaveOwnUsers: settings.functionUsers === true,
    warn,
  });
  const version = { release: RELEASE, sha: COMMIT };
  const { functionPorts } = surroundings;
  return new InstanceProvider({ runner, stores, stateFolder, functionPorts, warn, version });
}
