import type { Host } from '../host.ts';
import { pullBundled } from '../template/bundled.ts';
import { pullTemplates } from '../template/pull.ts';
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
  tellPulled(host, names);
}

/** Says what was written. */
export function tellPulled(host: Host, names: readonly string[]): void {
  host.out.line(`Wrote ${names.length} template(s) to template/: ${names.join(' ')}`);
}
