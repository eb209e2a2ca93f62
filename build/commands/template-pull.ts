import type { Host } from '../host.ts';
import { bundledTemplates, placeBundled } from '../template/bundled.ts';
import { pullTemplates, refuseOverwriting } from '../template/pull.ts';
import { parseRepository } from '../template/repository.ts';

/**
 * `ofkit template pull [URL[#REF]]`: all templates of a repository; without a URL that of OPENFAAS_TEMPLATE_URL,
 * else the ones that come with ofkit.
 */
export async function pullRepository(host: Host, url: string | undefined, overwrite: boolean): Promise<void> {
  const given = url ?? host.env.OPENFAAS_TEMPLATE_URL;
  const names = given
    ? await pullTemplates(host, await parseRepository(given, host.cwd), { overwrite })
    : await pullBundled(host, overwrite);
  host.out.line(`Wrote ${names.length} template(s) to template/: ${names.join(' ')}`);
}

async function pullBundled(host: Host, overwrite: boolean): Promise<string[]> {
  const names = bundledTemplates();
  if (!overwrite) await refuseOverwriting(host, names);
  for (const name of names) await placeBundled(host, name);
  return names;
}
