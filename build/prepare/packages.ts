import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import { isFile } from '../files/kinds.ts';
import type { Environment, Host } from '../host.ts';
import { runTool } from '../tools/run-tool.ts';

/** What ofkit asks of a package.json. */
export interface Manifest {
  /** Relative to the generation's folder; '' for the folder itself. */
  readonly path: string;
  readonly scripts: Readonly<Record<string, string>>;
  /** Whether it names any package. */
  readonly needsInstall: boolean;
}

const INSTALL_TIMEOUT = 600_000;
const SCRIPT_TIMEOUT = 300_000;
const DEPENDENCY_FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** The package.json files of a generation: the template's own and the handler's. */
export async function readManifests(folder: string, handlerFolder: string): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for (const path of new Set(['', handlerFolder])) {
    const file = join(folder, path, 'package.json');
    if (!(await isFile(file))) continue;
    manifests.push(readManifest(await readFile(file, 'utf8'), path));
  }
  return manifests;
}

function readManifest(text: string, path: string): Manifest {
  let fields: Record<string, unknown>;
  try {
    fields = recordOf(JSON.parse(text));
  } catch (error) {
    throw new KitError('BUILD_FAILED', `${join(path, 'package.json')} is no JSON: ${messageOf(error)}`);
  }
  const scripts = Object.entries(recordOf(fields.scripts)).map(([name, script]) => [name, String(script)]);
  return {
    path,
    scripts: Object.fromEntries(scripts),
    needsInstall: DEPENDENCY_FIELDS.some((field) => Object.keys(recordOf(fields[field])).length > 0),
  };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Installs a package's dependencies, exactly those of the lock-file where there is one. */
export async function installPackages(host: Host, name: string, folder: string): Promise<void> {
  const locked =
    (await isFile(join(folder, 'package-lock.json'))) || (await isFile(join(folder, 'npm-shrinkwrap.json')));
  const args = [locked ? 'ci' : 'install', '--no-audit', '--no-fund', '--prefer-offline'];
  const result = await runTool(host, 'npm', args, {
    cwd: folder,
    env: developmentEnvironment(host.env),
    timeout: INSTALL_TIMEOUT,
    wayOut: 'install npm, which comes with Node',
  });
  if (!result.ok) {
    const message = `npm ${args[0] ?? ''} failed for ${name}: its output stands above`;
    throw new KitError('BUILD_FAILED', message, { output: result.output });
  }
}

/**
 * Runs a script of package.json as npm does, with its `pre` and `post`, but without npm's own time to start.
 * @returns the output of the first that failed; undefined when all went well
 */
export async function runScript(
  host: Host,
  folder: string,
  { path, scripts }: Manifest,
  script: string,
): Promise<string | undefined> {
  const bins = [...new Set([path, ''])].map((part) => join(folder, part, 'node_modules', '.bin'));
  const env = developmentEnvironment(host.env);
  for (const name of [`pre${script}`, script, `post${script}`]) {
    const command = scripts[name];
    if (command === undefined) continue;
    const result = await runTool(host, 'sh', ['-c', command], {
      cwd: join(folder, path),
      env: { ...env, PATH: [...bins, env.PATH].join(delimiter), npm_lifecycle_event: name },
      timeout: SCRIPT_TIMEOUT,
      wayOut: 'install a POSIX shell',
    });
    if (!result.ok) return result.output || `> ${command}`;
  }
  return undefined;
}

/**
 * NODE_ENV=production would leave the compiler out, and FORCE_COLOR would let it write places in a form that is not
 * found again. Node itself is the one that runs ofkit.
 */
function developmentEnvironment(env: Environment): Environment {
  const { NODE_ENV: _, FORCE_COLOR: __, ...rest } = env;
  return { ...rest, PATH: [dirname(process.execPath), env.PATH ?? ''].join(delimiter) };
}
