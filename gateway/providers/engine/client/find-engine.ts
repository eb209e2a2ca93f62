import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../../../common/settings/read.ts';
import { parseEngineAddress, readTls, type EngineAddress } from './engine-address.ts';
import { readContext, readDockerConfig } from './docker-config.ts';

/** An address of an engine cannot be used. The message says what to do. */
class EngineAddressError extends Error {
  override readonly name = 'EngineAddressError';
}

/**
 * Finds the engine: by the setting; else as docker's command line does (DOCKER_HOST, then its context); else as
 * podman's does (CONTAINER_HOST); else at the usual sockets of engines.
 * @param setting engine_host; '' where it is not set
 * @returns undefined where no engine was found
 * @throws EngineAddressError
 */
export async function findEngine(
  setting: string,
  environment: Environment,
): Promise<EngineAddress | undefined> {
  const withTls = environment['DOCKER_TLS_VERIFY'] || environment['DOCKER_TLS'];
  const tlsFolder = environment['DOCKER_CERT_PATH'];
  const tls = withTls && tlsFolder ? await readTls(tlsFolder) : undefined;
  if (setting) return parsed('engine_host', setting, tls);
  const dockerHost = environment['DOCKER_HOST'];
  if (dockerHost) return parsed('DOCKER_HOST', dockerHost, tls);
  const name = environment['DOCKER_CONTEXT'] || (await readDockerConfig(environment)).currentContext;
  if (name && name !== 'default') {
    const context = await readContext(environment, name);
    if (context) {
      const ofContext = await readTls(context.tlsFolder);
      const hasTls = Object.keys(ofContext).length > 0;
      return parsed(`docker's context ${name}`, context.host, hasTls ? ofContext : undefined);
    }
  }
  const containerHost = environment['CONTAINER_HOST'];
  if (containerHost) return parsed('CONTAINER_HOST', containerHost, undefined);
  for (const path of usualSockets(environment))
    if (await isUsable(path)) return parseEngineAddress(`unix://${path}`);
  return undefined;
}

function parsed(source: string, text: string, tls: EngineAddress['tls']): EngineAddress {
  const address = parseEngineAddress(text, tls);
  if (address) return address;
  const known = 'unix:///PATH or tcp://HOST:PORT';
  const shown = JSON.stringify(text.slice(0, 200));
  throw new EngineAddressError(
    text.startsWith('ssh://')
      ? `${source}=${shown} is over ssh, which the gateway does not speak: forward the socket (ssh -L) and set engine_host to ${known}`
      : `${source}=${shown} is not an address of a container engine: expected ${known}`,
  );
}

/** @returns the usual sockets: Docker's, then Podman's, root's before the user's, then those of desktop programs */
function usualSockets(environment: Environment): string[] {
  const runtime = environment['XDG_RUNTIME_DIR'];
  const home = environment['HOME'];
  return [
    '/var/run/docker.sock',
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    '/run/podman/podman.sock',
    ...(runtime ? [join(runtime, 'podman/podman.sock')] : []),
    ...(home
      ? [
          join(home, '.docker/run/docker.sock'),
          join(home, '.colima/default/docker.sock'),
          join(home, '.rd/docker.sock'),
          join(home, '.local/share/containers/podman/machine/podman.sock'),
        ]
      : []),
  ];
}

async function isUsable(path: string): Promise<boolean> {
  return access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}
