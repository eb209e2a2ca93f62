import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import type { Environment } from '../../common/settings/read.ts';
import type { Project } from '../project.ts';
import { withoutCredentials } from './credentials.ts';
import { runTool, type ToolResult } from '../tools/run-tool.ts';

const CLONE_TIMEOUT = 300_000;
const QUERY_TIMEOUT = 20_000;

/** Variables of the environment that would point git to a different repository than the one of its folder. */
const REPOSITORY_VARIABLES =
  /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|OBJECT_DIRECTORY|PREFIX|NAMESPACE)$/;

/** Asks git about the repository of a folder. */
export function askGit(project: Project, cwd: string, args: readonly string[]): Promise<ToolResult> {
  return runGit(project, cwd, args, QUERY_TIMEOUT);
}

/** Gives the trimmed output of a git command; '' where it fails. */
export async function gitOutput(project: Project, cwd: string, args: readonly string[]): Promise<string> {
  const result = await askGit(project, cwd, args);
  return result.ok ? result.stdout.trim() : '';
}

/**
 * Clones a repository into an empty folder.
 * @param ref a branch, a tag or `sha-` and a commit; '' for the default branch
 * @throws KitError UNREACHABLE with git's own output, USAGE for a reference that git does not take
 */
export async function cloneRepository(
  project: Project,
  url: string,
  ref: string,
  folder: string,
): Promise<void> {
  const commit = /^sha-([0-9a-f]{7,40})$/i.exec(ref)?.[1];
  if (ref.startsWith('sha-') && commit === undefined) {
    throw new KitError('USAGE', `${ref} is no commit: write sha- and 7 to 40 hexadecimal digits`);
  }
  if (
    ref &&
    !(await runGit(project, folder, ['check-ref-format', '--allow-onelevel', ref], QUERY_TIMEOUT)).ok
  ) {
    throw new KitError(
      'USAGE',
      `${ref} is no name of a branch or tag: write URL#BRANCH, URL#TAG or URL#sha-COMMIT`,
    );
  }
  const depth = commit === undefined ? ['--depth=1'] : [];
  const branch = ref && commit === undefined ? [`--branch=${ref}`] : [];
  const config = ['--quiet', '--config', 'core.autocrlf=false'];
  const clone = await runGit(
    project,
    folder,
    ['clone', ...config, ...depth, ...branch, '--', url, '.'],
    CLONE_TIMEOUT,
  );
  if (!clone.ok) throw unreachable(url, ref, clone);
  if (commit === undefined) return;
  const checkout = await runGit(
    project,
    folder,
    ['checkout', '--quiet', '--detach', commit, '--'],
    QUERY_TIMEOUT,
  );
  if (!checkout.ok) throw unreachable(url, ref, checkout);
}

function unreachable(url: string, ref: string, { output }: ToolResult): KitError {
  const shown = withoutCredentials(output);
  const what = withoutCredentials(ref ? `${url} at ${ref}` : url);
  const lines = shown.trim().split('\n');
  const reason = lines.find((line) => /^(?:ssh|remote|fatal|error): ./.test(line)) ?? lines.at(-1) ?? '';
  return new KitError(
    'UNREACHABLE',
    `cannot clone ${what} (${messageOf(reason)}): check the address and your access`,
    { output: shown },
  );
}

function runGit(
  project: Project,
  cwd: string,
  args: readonly string[],
  timeout: number,
): Promise<ToolResult> {
  return runTool(project, 'git', args, {
    cwd,
    env: gitEnvironment(project.environment),
    timeout,
    wayOut: 'install git, or use the bundled templates',
  });
}

function gitEnvironment(env: Environment): Environment {
  const kept = Object.entries(env).filter(([name]) => !REPOSITORY_VARIABLES.test(name));
  // git must not ask for a password: without a person it would wait for ever.
  return { ...Object.fromEntries(kept), GIT_TERMINAL_PROMPT: '0' };
}
