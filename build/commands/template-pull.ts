import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import { findStackFile, readStack } from '../stack/stack-file.ts';
import { pullBundled } from '../template/bundled.ts';
import { pullTemplate } from '../template/ensure.ts';
import { pullTemplates, refuseOverwriting } from '../template/pull.ts';
import { parseRepository } from '../template/repository.ts';

interface PullAllOptions {
  readonly overwrite: boolean;
  readonly debug: boolean;
}

/**
 * `ofkit template pull [URL[#REF]]`: fetches all templates of a repository. Without a URL it takes the repository of
 * OPENFAAS_TEMPLATE_URL, else the templates that come with ofkit.
 */
export async function pullRepository(
  host: Host,
  url: string | undefined,
  options: PullAllOptions,
): Promise<void> {
  const given = url ?? host.environment.OPENFAAS_TEMPLATE_URL;
  const names = given
    ? await pullTemplates(host, await parseRepository(given, host.folder), options)
    : await pullBundled(host, options.overwrite);
  tellPulled(host, names);
}

/**
 * `ofkit template pull stack`: fetches the templates that `configuration.templates` of the stack file names.
 * @throws KitError NOT_FOUND where it names none
 */
export async function pullStack(
  host: Host,
  yaml: string | undefined,
  options: PullAllOptions,
): Promise<void> {
  const file = await findStackFile(host, yaml);
  const { templates } = await readStack(host, file);
  if (templates.length === 0)
    throw new KitError('NOT_FOUND', `${file} names no templates: list them under configuration.templates`);
  if (!options.overwrite)
    await refuseOverwriting(
      host,
      templates.map(({ name }) => name),
    );
  for (const { name } of templates) await pullTemplate(host, name, templates, options.debug);
  tellPulled(
    host,
    templates.map(({ name }) => name),
  );
}

/** Prints the names of the templates that were written. */
export function tellPulled(host: Host, names: readonly string[]): void {
  host.out.line(`Wrote ${names.length} template(s) to template/: ${names.join(' ')}`);
}
