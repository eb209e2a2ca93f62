import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Environment } from '../../../../common/settings/read.ts';
import { object, readAs, text } from '../../../json/shape.ts';
import { readDockerConfig } from './docker-config.ts';

/** Docker's own registry is known by an address of its own. */
const DOCKER_HUB = 'https://index.docker.io/v1/';
const HELPER_WITHIN_MS = 10_000;

const CREDENTIALS = object({ Username: text, Secret: text });

/**
 * The login for a registry that `docker login` has left, from its config.json or a helper that keeps it.
 * @returns the X-Registry-Auth header; undefined where there is none, or the engine has its own
 */
export async function registryLogin(registry: string, environment: Environment): Promise<string | undefined> {
  const config = await readDockerConfig(environment);
  const server = registry === 'docker.io' ? DOCKER_HUB : registry;
  const helper = config.credHelpers[server] || config.credsStore;
  const kept = helper ? await askHelper(helper, server, environment) : undefined;
  if (kept) return header({ username: kept.Username, password: kept.Secret, serveraddress: server });
  const { auth, identitytoken } = config.auths[server] ?? config.auths[`https://${server}`] ?? {};
  if (!auth) return undefined;
  const [username = '', ...password] = Buffer.from(auth, 'base64').toString().split(':');
  return header({
    username,
    password: password.join(':'),
    serveraddress: server,
    ...(identitytoken && { identitytoken }),
  });
}

function header(login: Readonly<Record<string, string>>): string {
  // with its padding, without which podman reads none
  const letters = Buffer.from(JSON.stringify(login)).toString('base64');
  return letters.replaceAll('+', '-').replaceAll('/', '_');
}

/** `docker-credential-NAME get` reads the server's name and prints the login. */
async function askHelper(
  name: string,
  server: string,
  environment: Environment,
): Promise<typeof CREDENTIALS.zero | undefined> {
  if (!/^[\w.-]+$/.test(name)) return undefined;
  const helper = spawn(`docker-credential-${name}`, ['get'], {
    env: { ...environment },
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: HELPER_WITHIN_MS,
  });
  try {
    helper.stdin.on('error', () => undefined).end(server);
    const output: Buffer[] = [];
    helper.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    const [status] = (await once(helper, 'close')) as [number | null];
    return status === 0 ? readAs(CREDENTIALS, JSON.parse(Buffer.concat(output).toString())) : undefined;
  } catch {
    return undefined; // there is no such helper, or it says nothing that can be read
  }
}
