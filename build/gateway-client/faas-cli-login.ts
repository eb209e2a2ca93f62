import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from '../project.ts';
import { readYaml } from '../stack/yaml-file.ts';

/**
 * The Authorization header for a gateway that `faas-cli login` was done for: it keeps logins in `config.yml` of
 * $OPENFAAS_CONFIG, else of ~/.openfaas.
 * @returns undefined where it keeps none for this gateway
 * @throws KitError INVALID for a file that cannot be read as YAML
 */
export async function faasCliLogin(
  { environment: env }: Project,
  gateway: string,
): Promise<string | undefined> {
  const file = join(env.OPENFAAS_CONFIG || join(env.HOME || '/', '.openfaas'), 'config.yml');
  const text = await readFile(file, 'utf8').catch(() => '');
  const kept = readYaml(text, file).get('auths').items();
  const found = kept.find((one) => one.get('gateway').text().replace(/\/+$/, '').toLowerCase() === gateway);
  if (!found) return undefined;
  const scheme = found.get('auth').text() === 'basic' ? 'Basic' : 'Bearer';
  return `${scheme} ${found.get('token').text()}`;
}
