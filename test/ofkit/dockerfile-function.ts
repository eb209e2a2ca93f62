import { copyFile } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import { FIXTURES, Project } from './project.ts';
import type { Running } from './running.ts';

export interface FunctionParts {
  readonly dockerfile: string;
  readonly files?: Readonly<Record<string, string>>;
  /** The scripts of its package.json. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Further lines of stack.yaml. */
  readonly buildArgs?: string;
}

/** Runs a function of lang dockerfile, whose src/server.js answers with the files of its working folder. */
export async function runFunction(
  t: TestContext,
  { dockerfile, files = {}, scripts = {}, buildArgs = '' }: FunctionParts,
): Promise<Running> {
  const project = await Project.create(t);
  await project.useTemplates('dockerfile');
  await project.writeStack({ one: `lang: dockerfile\n${buildArgs}` });
  await project.write('one/Dockerfile', dockerfile);
  await project.write('one/package.json', JSON.stringify({ scripts }));
  await project.write('one/src/server.js', '');
  await copyFile(`${FIXTURES}/listing-server.js`, project.path('one/src/server.js'));
  for (const [path, text] of Object.entries(files)) await project.write(`one/${path}`, text);
  return project.start(['run', '--json', '-p', '0']);
}
