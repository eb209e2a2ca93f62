import { dirname, join } from 'node:path';
import { access } from 'node:fs/promises';
import { messageOf, systemCodeOf } from '../../common/errors.ts';
import type { Environment } from '../../common/settings/read.ts';
import type { Logger } from '../log/logger.ts';
import type { Settings } from '../settings/table.ts';
import { StartError } from '../start-error.ts';
import type { SecretStore } from '../state/secret-store.ts';
import { openStores } from '../state/stores.ts';
import { COMMIT, RELEASE } from '../version.ts';
import type { PortOpener } from './instances/own-ports.ts';
import type { EngineRunner } from './engine/engine-runner.ts';
import type { Runner } from './instances/runner.ts';
import type { Provider } from './provider.ts';

/** The settings and the parts of the gateway that providers are made from. */
export interface ProviderSurroundings {
  readonly settings: Settings;
  readonly logger: Logger;
  /** The path of the gateway's own file, with links resolved. */
  readonly program: string;
  readonly environment: Environment;
  /** The address at which functions reach the gateway, `HOST:PORT`, once it listens. */
  readonly address: Promise<string>;
  /** Undefined where functions have no ports of their own. */
  readonly functionPorts: PortOpener | undefined;
  /** Makes the gateway listen at one more address. @throws the system's error */
  readonly listenAt: (host: string, port: number) => Promise<void>;
}

/** The port at which containers reach the gateway, as functions of a cluster do. */
const GATEWAY_PORT = 8080;

/**
 * Makes the provider that the settings name, without starting it.
 * @throws StartError
 */
export async function loadProvider(surroundings: ProviderSurroundings): Promise<Provider> {
  const { provider, functionsProviderUrl, stateDir, functionNamespace } = surroundings.settings;
  if (provider === 'remote' || (provider === 'auto' && functionsProviderUrl)) {
    const { RemoteProvider } = await import('./remote/remote-provider.ts');
    return RemoteProvider.create(surroundings.settings);
  }
  const { InstanceProvider } = await import('./instances/instance-provider.ts');
  const stores = await openStores(stateDir, functionNamespace);
  const runner = await loadRunner(provider, surroundings, stores.secrets);
  const version = { release: RELEASE, sha: COMMIT };
  const { functionPorts, logger } = surroundings;
  const warn = (line: string): void => logger.warn(line);
  return new InstanceProvider({ runner, stores, stateFolder: stateDir, functionPorts, warn, version });
}

async function loadRunner(
  provider: Settings['provider'],
  surroundings: ProviderSurroundings,
  secrets: SecretStore,
): Promise<Runner> {
  if (provider === 'engine') return loadEngineRunner(surroundings, secrets);
  const processes = await loadProcessRunner(surroundings, secrets);
  if (provider === 'process') return processes;
  const { AutoRunner } = await import('./auto-runner.ts');
  return new AutoRunner(processes, await loadEngineRunner(surroundings, secrets));
}

async function loadEngineRunner(
  { settings, environment, logger, listenAt }: ProviderSurroundings,
  secrets: SecretStore,
): Promise<EngineRunner> {
  const { EngineRunner } = await import('./engine/engine-runner.ts');
  const warn = (line: string): void => logger.warn(line);
  return EngineRunner.create({
    stateFolder: settings.stateDir,
    environment,
    secrets,
    address: settings.engineHost,
    isOptional: settings.provider === 'auto',
    reach: settings.engineReach,
    pullPolicy: settings.imagePullPolicy,
    profiles: settings.engineProfiles,
    user: settings.engineUser,
    listenAt: async (host) => {
      if (settings.host === '0.0.0.0' && settings.port === GATEWAY_PORT) return; // it listens there already
      try {
        await listenAt(host, GATEWAY_PORT);
      } catch (thrown) {
        const why = systemCodeOf(thrown) === 'EADDRINUSE' ? 'it is in use' : messageOf(thrown);
        warn(
          `containers cannot call http://gateway.openfaas:${GATEWAY_PORT}, as ${host} cannot be listened on: ${why}`,
        );
      }
    },
    warn,
  });
}

async function loadProcessRunner(surroundings: ProviderSurroundings, secrets: SecretStore): Promise<Runner> {
  const { settings, program, environment, address } = surroundings;
  const { ProcessRunner } = await import('./process/process-runner.ts');
  const watchdog = settings.watchdog || join(dirname(program), 'fwatchdog.js');
  await access(watchdog).catch((error: unknown) => {
    throw new StartError(`the watchdog ${watchdog} does not exist: set watchdog to another file`, {
      cause: error,
    });
  });
  return new ProcessRunner({
    stateFolder: settings.stateDir,
    watchdog,
    environment,
    gatewayAddress: address,
    secrets,
    ownUsers: settings.functionUsers ?? process.getuid?.() === 0,
    development: settings.development,
    mustHaveOwnUsers: settings.functionUsers === true,
    warn: (line) => surroundings.logger.warn(line),
  });
}
