import { readFile } from 'node:fs/promises';
import { messageOf } from '../../common/errors.ts';
import { formatDuration } from '../../common/duration.ts';
import { BasicAuth } from '../auth/basic-auth.ts';
import { Login } from '../auth/login.ts';
import { OidcLogin } from '../auth/oidc-login.ts';
import { loadSessionKey } from '../auth/session-key.ts';
import { Sessions } from '../auth/sessions.ts';
import { ensurePassword, passwordFileIn } from '../auth/password-file.ts';
import type { Logger } from '../log/logger.ts';
import { openQueue } from '../async/open-queue.ts';
import { loadProvider, type ProviderSurroundings } from '../providers/used-provider.ts';
import { FunctionPorts } from '../server/function-ports.ts';
import { Gateway } from '../server/gateway.ts';
import { claimStateFolder } from '../server/locator.ts';
import { MoreAddresses } from '../server/more-addresses.ts';
import type { Settings } from '../settings/table.ts';
import { StartError } from '../start-error.ts';
import { COMMIT, RELEASE } from '../version.ts';

/**
 * Starts the gateway.
 * @throws StartError
 */
export async function startGateway(
  settings: Settings,
  logger: Logger,
  { program, environment }: Pick<ProviderSurroundings, 'program' | 'environment'>,
): Promise<Gateway> {
  logger.info(`of-gateway ${RELEASE} (${COMMIT})`);
  const claim = await claimStateFolder(settings.stateDir);
  try {
    const login = settings.basicAuth ? await loadLogin(settings, logger) : undefined;
    let onListening: (address: string) => void = () => undefined;
    const address = new Promise<string>((resolve) => (onListening = resolve));
    const functionPorts = settings.development ? new FunctionPorts(settings.host) : undefined;
    const moreAddresses = new MoreAddresses();
    const listenAt = (host: string, port: number): Promise<void> => moreAddresses.listen(host, port);
    const given = { settings, logger, program, environment, address, listenAt, functionPorts };
    const provider = await loadProvider(given);
    const queue = await openQueue(settings, provider, logger);
    const gateway = await Gateway.start({
      settings,
      logger,
      provider,
      login,
      queue,
      claim,
      functionPorts,
      moreAddresses,
      onListening,
    });
    tellAccess(settings, logger);
    return gateway;
  } catch (thrown) {
    await claim.release();
    throw thrown;
  }
}

async function loadLogin(settings: Settings, logger: Logger): Promise<Login> {
  const { stateDir, secretMountPath, sessionDuration: duration } = settings;
  if (secretMountPath === stateDir && (await ensurePassword(stateDir))) {
    logger.info(`Made a password: ${passwordFileIn(stateDir)}`);
  }
  const basic = await BasicAuth.load(secretMountPath, () => performance.now());
  if (!basic)
    throw new StartError(
      `basic_auth=true needs the file ${passwordFileIn(secretMountPath)}: write a password into it, or leave secret_mount_path out`,
    );
  const key = await loadSessionKey(stateDir);
  return new Login(
    basic,
    new Sessions({ key, fingerprint: () => basic.fingerprint(), duration, now: () => Date.now() }),
    await loadOidc(settings),
  );
}

async function loadOidc(settings: Settings): Promise<OidcLogin | undefined> {
  const { oidcIssuer: issuer, oidcClientSecretFile: file, publicUrl = '' } = settings;
  if (issuer === undefined) return undefined;
  const clientSecret =
    file === undefined
      ? undefined
      : await readFile(file, 'utf8').catch((thrown: unknown) => {
          throw new StartError(`cannot read oidc_client_secret_file: ${messageOf(thrown)}`, {
            cause: thrown,
          });
        });
  return new OidcLogin({
    issuer,
    clientId: settings.oidcClientId,
    clientSecret: clientSecret?.trim(),
    scope: settings.oidcScope,
    groups: { write: settings.oidcWriteGroups, read: settings.oidcReadGroups },
    groupsClaim: settings.oidcGroupsClaim,
    publicUrl,
  });
}

function tellAccess(settings: Settings, logger: Logger): void {
  const { basicAuth, secretMountPath, writeTimeout } = settings;
  if (basicAuth) {
    logger.info(`Log in with: faas-cli login --password-stdin < ${passwordFileIn(secretMountPath)}`);
  } else {
    logger.info(
      `Nobody has to log in (basic_auth=false): whoever reaches ${settings.host} may do everything`,
    );
  }
  logger.info(`A stop waits up to ${formatDuration(writeTimeout)} for requests in flight`);
}
