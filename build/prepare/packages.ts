import { readFile, writeFile } from 'node:fs/promises';
import path, { delimiter } from 'node:path';
import { join } from 'shlex';
import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import { isFile } from '../files/kinds.ts';
import type { Environment } from '../../common/settings/read.ts';
import type { Project } from '../project.ts';
import { runTool } from '../tools/run-tool.ts';

/** The parts of a package.json that ofkit uses. */
export interface Manifest {
  /** Its folder, absolute. */
  readonly folder: string;
  readonly scripts: Readonly<Record<string, string>>;
  /** Whether it names any package. */
  readonly needsInstall: boolean;
}

const INSTALL_TIMEOUT = 600_000;
const SCRIPT_TIMEOUT = 300_000;
const DEPENDENCY_FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** Reads the package.json of a folder; undefined where there is none. */
export async function findManifest(folder: string): Promise<Manifest | undefined> {
  const file = path.join(folder, 'package.json');
  return (await isFile(file)) ? readManifest(await readFile(file, 'utf8'), folder) : undefined;
}

function readManifest(text: string, folder: string): Manifest {
  let fields: Record<string, unknown>;
  try {
    fields = recordOf(JSON.parse(text));
  } catch (error) {
    throw new KitError(
      'BUILD_FAILED',
      `package.json of ${path.basename(folder)}/ is no JSON: ${messageOf(error)}`,
    );
  }
  const scripts = Object.entries(recordOf(fields.scripts)).map(([name, script]) => [name, String(script)]);
  return {
    folder,
    scripts: Object.fromEntries(scripts),
    needsInstall: DEPENDENCY_FIELDS.some((field) => Object.keys(recordOf(fields[field])).length > 0),
  };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The variables that a Dockerfile gives to its commands. */
export type Variables = Readonly<Record<string, string>>;

/**
 * Installs packages. Where there is a lock-file, the versions are the ones it names.
 * @param named the packages that the command names; none for the ones of package.json
 * @throws KitError BUILD_FAILED with npm's output
 */
export async function installPackages(
  project: Project,
  name: string,
  folder: string,
  { named, variables }: { readonly named: readonly string[]; readonly variables: Variables },
): Promise<void> {
  const locked =
    (await isFile(path.join(folder, 'package-lock.json'))) ||
    (await isFile(path.join(folder, 'npm-shrinkwrap.json')));
  // Without one npm would look for the nearest package.json above, which may be the user's own.
  if (!(await isFile(path.join(folder, 'package.json'))))
    await writeFile(path.join(folder, 'package.json'), '{}');
  const verb = locked && named.length === 0 ? 'ci' : 'install';
  const { NODE_ENV: _, ...kept } = variables;
  const result = await runTool(
    project,
    'npm',
    [verb, '--no-audit', '--no-fund', '--prefer-offline', ...named],
    {
      cwd: folder,
      env: {
        ...developmentEnvironment(project.environment),
        ...kept,
        PATH: developmentEnvironment(project.environment).PATH,
      },
      timeout: INSTALL_TIMEOUT,
      wayOut: 'install npm, which comes with Node',
    },
  );
  if (!result.ok) {
    const message = `npm ${verb} failed for ${name}: its output stands above`;
    throw new KitError('BUILD_FAILED', message, { output: result.output });
  }
}

/** The folder, programs and variables of a command of a stage. */
export interface CommandPlace {
  /** The folder that it runs in, absolute. */
  readonly cwd: string;
  /** The folders where it looks for programs first, absolute. */
  readonly bins: readonly string[];
  readonly variables: Variables;
}

/**
 * Runs a line of a shell.
 * @returns its output where it failed; undefined when all went well
 */
export async function runShell(
  project: Project,
  { cwd, bins, variables }: CommandPlace,
  line: string,
): Promise<string | undefined> {
  const env = developmentEnvironment(project.environment);
  const result = await runTool(project, 'sh', ['-c', line], {
    cwd,
    env: { ...env, ...variables, PATH: [...bins, env.PATH].join(delimiter) },
    timeout: SCRIPT_TIMEOUT,
    wayOut: 'install a POSIX shell',
  });
  return result.ok ? undefined : result.output || `> ${line}`;
}

/**
 * Runs a script of package.json as npm does, with its `pre` and `post`, but without npm's own time to start.
 * @returns the output of the first script that failed; undefined when all went well
 */
export async function runScript(
  project: Project,
  place: CommandPlace,
  { scripts }: Manifest,
  { script, args = [] }: { readonly script: string; readonly args?: readonly string[] },
): Promise<string | undefined> {
  for (const name of [`pre${script}`, script, `post${script}`]) {
    const command = scripts[name];
    if (command === undefined) continue;
    const line = name === script && args.length > 0 ? `${command} ${join(args)}` : command;
    const variables = { ...place.variables, npm_lifecycle_event: name };
    const failure = await runShell(project, { ...place, variables }, line);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/**
 * Gives the environment for compilers. NODE_ENV=production would leave them out of an installation, and FORCE_COLOR would
 * put colours into the places of their errors, which are replaced. Node is the one that runs ofkit.
 */
function developmentEnvironment(env: Environment): Environment {
  const { NODE_ENV: _, FORCE_COLOR: __, ...rest } = env;
  return { ...rest, PATH: [path.dirname(process.execPath), env.PATH ?? ''].join(delimiter) };
}
