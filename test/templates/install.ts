import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeContext, NODE } from './host.ts';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/templates', import.meta.url));
const run = promisify(execFile);

/** A build context of a TypeScript template, installed and compiled as its Dockerfile does it. */
export async function makeCompiled(
  t: TestContext,
  template: string,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await makeContext(t, template, files);
  await compile(folder);
  return folder;
}

/** Installs and compiles a build context as its Dockerfile does it. */
export async function compile(folder: string): Promise<void> {
  await install(folder);
  await install(join(folder, 'function'));
  const { scripts } = JSON.parse(await readFile(join(folder, 'function/package.json'), 'utf8')) as {
    scripts?: { build?: string };
  };
  if (scripts?.build) await npm(join(folder, 'function'), 'run', 'build');
}

/**
 * Runs npm in a folder, with the Node under test.
 * @throws an error with npm's output where it fails
 */
export async function npm(cwd: string, ...args: string[]): Promise<string> {
  // Node's test runner tells the processes it starts to speak its own protocol.
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  const env = { ...inherited, NODE_OPTIONS: '', PATH: `${dirname(NODE)}:${process.env.PATH ?? ''}` };
  try {
    return (await run('npm', args, { cwd, env })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`npm ${args.join(' ')} failed\n${stdout}${stderr}`, { cause: error });
  }
}

/** Installs the packages of package.json. An earlier installation for the same file is linked. */
async function install(folder: string): Promise<void> {
  const manifest = await readFile(join(folder, 'package.json'));
  if (!/ependencies"/.test(manifest.toString())) return;
  const installed = join(CACHE, createHash('sha256').update(manifest).digest('hex').slice(0, 16));
  if (!(await exists(installed))) await fill(installed, folder);
  await symlink(join(installed, 'node_modules'), join(folder, 'node_modules'));
}

async function fill(installed: string, folder: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const staging = await mkdtemp(`${installed}-`);
  try {
    for (const name of ['package.json', 'package-lock.json']) {
      if (await exists(join(folder, name))) await cp(join(folder, name), join(staging, name));
    }
    await npm(staging, (await exists(join(staging, 'package-lock.json'))) ? 'ci' : 'install');
    await rename(staging, installed);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (!(await exists(installed))) throw error; // otherwise another test was first
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
