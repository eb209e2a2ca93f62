import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Project } from '../project.ts';
import { REPOSITORY } from '../release.ts';
import { bundledFiles } from './bundled-files.ts';
import { placeTemplate, refuseOverwriting } from './pull.ts';

/** Gives the names of the templates that come with ofkit. */
export function bundledTemplates(): string[] {
  return [...new Set(bundledFiles.map((file) => file.path.split('/')[0] ?? ''))].sort();
}

/** Writes a template that comes with ofkit into the project's template folder. */
export async function placeBundled(project: Project, name: string): Promise<void> {
  await placeTemplate(project, name, { repository: REPOSITORY, ref: '', commit: '' }, async (staging) => {
    for (const file of bundledFiles) {
      if (!file.path.startsWith(`${name}/`)) continue;
      const target = join(staging, file.path.slice(name.length + 1));
      await mkdir(dirname(target), { recursive: true, mode: 0o755 });
      await writeFile(target, Buffer.from(file.content, file.encoding));
      await chmod(target, file.mode);
    }
  });
}

/**
 * Writes all templates that come with ofkit.
 * @returns their names
 */
export async function pullBundled(project: Project, overwrite: boolean): Promise<string[]> {
  const names = bundledTemplates();
  if (!overwrite) await refuseOverwriting(project, names);
  for (const name of names) await placeBundled(project, name);
  return names;
}
