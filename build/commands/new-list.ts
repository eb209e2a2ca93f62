import type { Host } from '../host.ts';
import { bundledTemplates } from '../template/bundled.ts';
import { templatesIn } from '../template/pull.ts';

/** `ofkit new --list`: prints the templates of the project, then the ones that come with ofkit. */
export async function listLanguages(host: Host, json: boolean): Promise<void> {
  const pulled = await templatesIn(host.folder);
  const bundled = bundledTemplates().filter((name) => !pulled.includes(name));
  if (json) {
    host.out.line(JSON.stringify([...pulled, ...bundled]));
    return;
  }
  if (pulled.length > 0) {
    host.out.line('Languages available as templates:');
    for (const name of pulled) host.out.line(`- ${name}`);
  }
  if (bundled.length > 0) {
    host.out.line(pulled.length > 0 ? '\nThese come with ofkit as well:' : 'Languages that come with ofkit:');
    for (const name of bundled) host.out.line(`- ${name}`);
  }
  host.out.line('\nMore are in the store: ofkit template store list');
}
