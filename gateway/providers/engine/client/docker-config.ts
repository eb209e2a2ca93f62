import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../../../common/settings/read.ts';
import { mapOf, object, readAs, text, type Shape } from '../../../json/shape.ts';

/** @returns the folder where docker's command line keeps contexts and logins */
function dockerConfigFolder(environment: Environment): string {
  return environment['DOCKER_CONFIG'] || join(environment['HOME'] ?? '/', '.docker');
}

const CONFIG = object({
  currentContext: text,
  auths: mapOf(object({ auth: text, identitytoken: text })),
  credHelpers: mapOf(text),
  credsStore: text,
});

export type DockerConfig = typeof CONFIG.zero;

/** Reads docker's config.json. Without a readable file, the result is empty. */
export async function readDockerConfig(environment: Environment): Promise<DockerConfig> {
  return (await readJson(join(dockerConfigFolder(environment), 'config.json'), CONFIG)) ?? CONFIG.zero;
}

const META = object({ Endpoints: mapOf(object({ Host: text })) });

/**
 * Reads a context of docker (`docker context use NAME`).
 * @returns the engine's address, and the folder of its certificates; undefined where there is no such context
 */
export async function readContext(
  environment: Environment,
  name: string,
): Promise<{ host: string; tlsFolder: string } | undefined> {
  const id = createHash('sha256').update(name).digest('hex');
  const contexts = join(dockerConfigFolder(environment), 'contexts');
  const host = (await readJson(join(contexts, 'meta', id, 'meta.json'), META))?.Endpoints['docker']?.Host;
  return host ? { host, tlsFolder: join(contexts, 'tls', id, 'docker') } : undefined;
}

async function readJson<T>(file: string, shape: Shape<T>): Promise<T | undefined> {
  try {
    return readAs(shape, JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined; // docker's own command line complains of a broken file
  }
}
