import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { systemCodeOf } from '../../common/errors.ts';
import { Running, type Ended } from './running.ts';

/** An empty folder in which a test drives dist/ofkit.js as a user would. */

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const OFKIT = join(ROOT, 'dist/ofkit.js');
export const FIXTURES = join(ROOT, 'test/fixtures/ofkit');

type Variables = Readonly<Record<string, string | undefined>>;

export class Project {
  readonly folder: string;
  readonly #running: Running[] = [];

  static async create(t: TestContext): Promise<Project> {
    const folder = await mkdtemp(join(await realpath(tmpdir()), 'kit-test-'));
    const project = new Project(folder);
    t.after(() => project.#end());
    return project;
  }

  private constructor(folder: string) {
    this.folder = folder;
  }

  async #end(): Promise<void> {
    await Promise.all(this.#running.map((running) => running.kill()));
    if (existsSync(this.path('build/.ofkit/state/gateway.json'))) await this.ofkit(['down']);
    await rm(this.folder, { recursive: true, force: true });
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  read(path: string): Promise<string> {
    return readFile(this.path(path), 'utf8');
  }

  async write(path: string, text: string, mode?: number): Promise<void> {
    await mkdir(dirname(this.path(path)), { recursive: true });
    await writeFile(this.path(path), text);
    if (mode !== undefined) await chmod(this.path(path), mode);
  }

  /** Puts fixture templates into template/. */
  async useTemplates(...names: string[]): Promise<void> {
    for (const name of names) {
      await cp(join(FIXTURES, 'template', name), this.path('template', name), { recursive: true });
    }
  }

  /** A stack file of functions, each with further lines of YAML. */
  async writeStack(functions: Readonly<Record<string, string>>, rest = ''): Promise<void> {
    const entries = Object.entries(functions).map(([name, lines]) => {
      const more = lines.trim().replaceAll(/^/gm, '    ');
      return `  ${name}:\n    handler: ./${name}\n    image: ${name}:latest\n${more}\n`;
    });
    const head = 'version: 1.0\nprovider:\n  name: openfaas\n  gateway: http://127.0.0.1:8080\n';
    await this.write('stack.yaml', `${head}functions:\n${entries.join('')}${rest}`);
  }

  /** Runs ofkit to its end. */
  async ofkit(args: readonly string[], env: Variables = {}): Promise<Ended> {
    const result = await execa(process.execPath, [OFKIT, ...args], {
      cwd: this.folder,
      env: this.#environment(env),
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      timeout: 100_000,
      stripFinalNewline: false,
    });
    return { status: result.exitCode, stdout: result.stdout, stderr: result.stderr };
  }

  /** Starts ofkit; the test ends it. */
  start(args: readonly string[], env: Variables = {}): Running {
    const running = new Running(OFKIT, this.folder, args, this.#environment(env));
    this.#running.push(running);
    return running;
  }

  /** Puts a fixture's command, under another name, before all others on PATH. */
  async useCommand(name: string, fixture: string): Promise<void> {
    await mkdir(this.path('.bin'), { recursive: true });
    await symlink(join(FIXTURES, fixture), this.path('.bin', name));
  }

  #environment(env: Variables): Variables {
    const bins = [
      this.path('.bin'),
      join(ROOT, 'node_modules/.bin'),
      dirname(process.execPath),
      '/usr/bin',
      '/bin',
    ];
    const { HOME, USER } = process.env;
    return { HOME, USER, PATH: bins.join(':'), TMPDIR: tmpdir(), ...env };
  }
}

/** Lists the paths below a folder, relative, folders with a slash; links are not followed. */
export async function listing(folder: string, within = ''): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(folder, within), { withFileTypes: true })) {
    const path = join(within, entry.name);
    found.push(entry.isDirectory() ? `${path}/` : path);
    if (entry.isDirectory()) found.push(...(await listing(folder, path)));
  }
  return found.sort();
}

/**
 * Makes a local repository with the fixture templates, or with the files of `fill`; gives its folder as a URL for git.
 */
export async function makeRepository(
  t: TestContext,
  fill?: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'kit-repo-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await (fill ? fill(folder) : cp(join(FIXTURES, 'template'), join(folder, 'template'), { recursive: true }));
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  await commitAll(folder);
  return folder;
}

export async function commitAll(folder: string): Promise<string> {
  await git(folder, 'add', '--all');
  await git(
    folder,
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@example.com',
    'commit',
    '--quiet',
    '-m',
    'test',
  );
  return git(folder, 'rev-parse', 'HEAD');
}

export async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await execa('git', args, { cwd });
  return stdout;
}

/** The status of a GET on a port of the loopback, or the error's code. */
export async function probe(port: number): Promise<number | string> {
  const asked = httpRequest({ host: '127.0.0.1', port, agent: false }).end();
  try {
    const [response] = (await once(asked, 'response')) as [{ statusCode: number; resume: () => void }];
    response.resume();
    return response.statusCode;
  } catch (error) {
    return systemCodeOf(error) ?? String(error);
  }
}
