import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Environment } from '../../../../common/settings/read.ts';
import { object, readAs, text } from '../../../json/shape.ts';
import { readDockerConfig } from './docker-config.ts';

/** The name under which `docker login` keeps the login of docker.io. */
const DOCKER_HUB = 'https://index.docker.io/v1/';
const HELPER_WITHIN_MS = 10_000;

const CREDENTIALS = object({ Username: text, Secret: text });

/**
 * Finds the login that `docker login` has saved for a registry, in docker's config.json or in a credential helper.
 * @returns the value of the header X-Registry-Auth; undefined where there is no login
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
  // base64url, but with padding: podman does not read it without
  const letters = Buffer.from(JSON.stringify(login)).toString('base64');
  return letters.replaceAll('+', '-').replaceAll('/', '_');
}

/** Asks a credential helper: `docker-credential-NAME get` reads the server's name from stdin and prints the login. */
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
    return undefined; // there is no such helper, or its output cannot be read
  }
}
