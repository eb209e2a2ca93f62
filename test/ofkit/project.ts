import { once } from 'node:events';
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
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** An empty folder in which a test drives dist/ofkit.js as a user would. */

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const OFKIT = join(ROOT, 'dist/ofkit.js');
export const FIXTURES = join(ROOT, 'test/fixtures/ofkit');

/** How long an event may take before the test fails: machines are slow, but not for ever. */
const EVENT_WITHIN_MS = 60_000;

export type Variables = Readonly<Record<string, string | undefined>>;

export interface Ended {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunEvent {
  readonly event: 'ready' | 'log' | 'reloaded' | 'failed' | 'note';
  readonly function: string;
  readonly url?: string;
  readonly debugger?: string;
  readonly from?: string;
  readonly text?: string;
  readonly error?: string;
  readonly output?: string;
}

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

  /** Runs ofkit until the test ends it. */
  start(args: readonly string[], env: Variables = {}): Running {
    const running = new Running(this.folder, args, this.#environment(env));
    this.#running.push(running);
    return running;
  }

  /** A command of a fixture, by another name, before all others on PATH. */
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

/** What comes of a promise, or an error that says what was waited for. */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  milliseconds = EVENT_WITHIN_MS,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${milliseconds} ms for ${what}`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks again until there is an answer.
 * @throws Error that says what was waited for
 */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + EVENT_WITHIN_MS;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(20);
  }
  throw new Error(`waited ${EVENT_WITHIN_MS} ms for ${what}`);
}

/** `ofkit run` or `up`, with --json. */
export class Running {
  readonly pid: number;
  readonly events: RunEvent[] = [];
  readonly #ended: Promise<Ended>;
  readonly #waiting = new Set<() => void>();
  readonly #kill: (signal: NodeJS.Signals) => void;
  #told = '';
  #over: Ended | undefined;

  constructor(cwd: string, args: readonly string[], env: Variables) {
    const child = execa(process.execPath, [OFKIT, ...args], {
      cwd,
      env,
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      // As a shell starts it: a Ctrl-C reaches ofkit alone here, as its functions are in groups of their own.
      detached: true,
      // A signal is one signal: nothing else ends ofkit but itself.
      forceKillAfterDelay: false,
    });
    this.pid = child.pid ?? 0;
    this.#kill = (signal) => child.kill(signal);
    this.#ended = child.then(({ exitCode, stdout, stderr }) => {
      this.#over = { status: exitCode, stdout, stderr };
      this.#wake();
      return this.#over;
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{"event":')) return;
      this.events.push(JSON.parse(line) as RunEvent);
      this.#wake();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#told += String(chunk);
      this.#wake();
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Looks at each change until there is what is looked for. */
  async #find<T>(what: string, look: () => T | undefined): Promise<T> {
    const deadline = performance.now() + EVENT_WITHIN_MS;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.#over) throw new Error(`ofkit ended before ${what}: ${JSON.stringify(this.#over)}`);
      const changed = new Promise<void>((resolve) => this.#waiting.add(resolve));
      const left = Math.max(1, Math.ceil(deadline - performance.now()));
      await within(`${what}; so far: ${this.#story()}`, changed, left);
    }
  }

  #story(): string {
    return `${JSON.stringify(this.events)} ${JSON.stringify(this.#told)}`;
  }

  /** The first event that fits, among those that came and those to come. */
  async until(event: RunEvent['event'], fits: (found: RunEvent) => boolean = () => true): Promise<RunEvent> {
    return this.next(event, fits, 0);
  }

  /** The first event that fits behind so many events. */
  next(event: RunEvent['event'], fits: (found: RunEvent) => boolean, behind: number): Promise<RunEvent> {
    return this.#find(`the event ${event}`, () =>
      this.events.slice(behind).find((candidate) => candidate.event === event && fits(candidate)),
    );
  }

  /** Resolves when a text stands on stderr. */
  async says(text: string): Promise<void> {
    await this.#find(`"${text}" on stderr`, () => this.#told.includes(text) || undefined);
  }

  /** @returns the answer's body */
  async call(name: string, path = '/'): Promise<string> {
    const { url } = await this.until('ready', (event) => event.function === name);
    const answer = fetch(`${url ?? ''}${path}`).then((response) => response.text());
    return within(`${name} to answer GET ${path}; so far: ${this.#story()}`, answer);
  }

  /** How it ends. */
  untilEnded(): Promise<Ended> {
    return within(`the end of ofkit; so far: ${this.#story()}`, this.#ended);
  }

  /** A Ctrl-C, and what it leads to. */
  async interrupt(signal: NodeJS.Signals = 'SIGINT'): Promise<Ended> {
    this.#kill(signal);
    return this.untilEnded();
  }

  async kill(): Promise<void> {
    if (this.#over) return;
    this.#kill('SIGTERM');
    await within('the end', this.#ended, 20_000).catch(() => this.#kill('SIGKILL'));
    await this.untilEnded();
  }
}

/** The paths of all that lies below a folder, relative, folders with a slash; links are not followed. */
export async function listing(folder: string, within = ''): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(folder, within), { withFileTypes: true })) {
    const path = join(within, entry.name);
    found.push(entry.isDirectory() ? `${path}/` : path);
    if (entry.isDirectory()) found.push(...(await listing(folder, path)));
  }
  return found.sort();
}

/** A local repository with the fixture templates, or with what `fill` writes; its folder, as a URL for git. */
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
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
