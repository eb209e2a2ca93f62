import { join } from 'node:path';
import { KitError } from '../errors.ts';
import { insideOf } from '../files/inside.ts';
import { isFile } from '../files/kinds.ts';
import { readText } from '../files/read-text.ts';
import type { Project } from '../project.ts';
import { readYaml } from '../stack/yaml-file.ts';

/** The project's folder of templates. */
export const TEMPLATE_FOLDER = 'template';

/** The content of a template.yml. */
export interface Language {
  readonly language: string;
  readonly fprocess: string;
  readonly welcomeMessage: string;
  /** The folder of the template that the function's files lie in. */
  readonly handlerFolder: string;
  readonly buildOptions: readonly { readonly name: string; readonly packages: readonly string[] }[];
  readonly mountSsh: boolean;
}

/** Reads the template.yml of one of the project's templates. */
export async function readTemplate(project: Project, lang: string): Promise<Language> {
  return readLanguage(join(project.folder, TEMPLATE_FOLDER, lang));
}

/**
 * Reads the template.yml of a folder.
 * @param folder the template's folder, absolute
 * @throws KitError NOT_FOUND or INVALID, OUTSIDE for a handler_folder that leads out of the template
 */
export async function readLanguage(folder: string): Promise<Language> {
  const file = join(folder, 'template.yml');
  if (!(await isFile(file)))
    throw new KitError('NOT_FOUND', `${folder} is no template: it needs a template.yml`);
  const text = await readText(file, file);
  const root = readYaml(text, file);
  // faas-cli takes /function for function too.
  const handlerFolder =
    root
      .get('handler_folder')
      .text()
      .replace(/^\/+(?=.)/, '') || 'function';
  await insideOf(folder, handlerFolder, 'handler_folder');
  return {
    language: root.get('language').text(),
    fprocess: root.get('fprocess').text(),
    welcomeMessage: root.get('welcome_message').text(),
    handlerFolder,
    buildOptions: root
      .get('build_options')
      .items()
      .map((item) => ({ name: item.get('name').text(), packages: item.get('packages').texts() })),
    mountSsh: root.get('mount_ssh').flag(),
  };
}
