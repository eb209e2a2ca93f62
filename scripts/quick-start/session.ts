import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findGateway } from '../../common/gateway-location.ts';
import { Steady } from './steady.ts';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
/** The address of the gateway in the documents. */
const AUTHORITY = '127.0.0.1:8080';
/** Folders, below that of the session, in which a gateway may keep its state. */
const STATES = ['build/.ofkit/state', 'faas'];
const STEP_WITHIN_MS = 180_000;
const SETTLED_WITHIN_MS = 60_000;

/** Each takes a port that is free, whatever else runs here. */
const PROGRAMS = {
  ofkit: `case "$1" in up) set -- "$@" --port 0;; esac\nexec "${process.execPath}" "${DIST}/ofkit.js" "$@"`,
  'of-gateway': `exec "${process.execPath}" "${DIST}/of-gateway.js" "$@" --port 0 --metrics-port 0`,
};

/** A shell in an empty folder, in which the commands of the documents are run one after another. */
export class Session {
  readonly #folder: string;
  readonly #shell: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #steady = new Steady();
  #written = '';
  #onData: () => void = () => undefined;
  #steps = 0;

  static async open(): Promise<Session> {
    const folder = await mkdtemp(join(await realpath(tmpdir()), 'quick-start-'));
    await mkdir(join(folder, '.programs'));
    for (const [name, script] of Object.entries(PROGRAMS))
      await writeFile(join(folder, '.programs', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return new Session(folder);
  }

  private constructor(folder: string) {
    this.#folder = folder;
    const { HOME, LANG } = process.env;
    const programs = [join(folder, '.programs'), dirname(process.execPath), '/usr/bin', '/bin'];
    this.#shell = spawn('bash', ['--noprofile', '--norc'], {
      cwd: folder,
      env: { HOME, LANG, PATH: programs.join(':') },
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    this.#exited = once(this.#shell, 'exit');
    this.#shell.stdout?.on('data', (chunk: Buffer) => {
      this.#written += String(chunk);
      this.#onData();
    });
  }

  /** @returns the output of a command, of both streams, with the parts that vary replaced by fixed ones */
  async run(command: string): Promise<string> {
    const authority = await this.#settled();
    this.#steps += 1;
    const file = join(this.#folder, '.programs', `step-${this.#steps}`);
    const asked = this.#steady.idOfThisRun(command);
    await writeFile(file, `${authority === undefined ? asked : asked.replaceAll(AUTHORITY, authority)}\n`);
    const mark = `--step ${this.#steps} is over--`;
    this.#written = '';
    this.#shell.stdin?.write(`. ${file} 2>&1 < /dev/null\nprintf '%s\\n' '${mark}'\n`);
    const output = await this.#until(mark, command);
    const started = /^of-gateway /m.test(command) ? await this.#gatewayStarts() : await this.#authority();
    const told = started ?? authority;
    const plain = output.replaceAll('\r\n', '\n'); // curl shows heads as they came
    const text = told === undefined ? plain : plain.replaceAll(told, AUTHORITY);
    const ended = text === '' || text.endsWith('\n') ? text : `${text}\n`;
    return this.#steady.text(ended.replaceAll(this.#folder, '/home/you/first'));
  }

  /** Stops everything that was started. */
  async close(): Promise<void> {
    for (const state of STATES) {
      const location = await findGateway(join(this.#folder, state));
      if (location) process.kill(location.pid, 'SIGTERM');
    }
    this.#shell.stdin?.end();
    await Promise.race([this.#exited, sleep(10_000, undefined, { ref: false })]);
    for (let round = 0; round < 500 && (await this.#authority()) !== undefined; round += 1) await sleep(20);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #until(mark: string, command: string): Promise<string> {
    const deadline = performance.now() + STEP_WITHIN_MS;
    for (;;) {
      const at = this.#written.indexOf(`${mark}\n`);
      if (at !== -1) return this.#written.slice(0, at);
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`"${command}" does not end; so far: ${this.#written}`);
      const more = new Promise<void>((resolve) => (this.#onData = resolve));
      await Promise.race([more, this.#exited, sleep(left, undefined, { ref: false })]);
      if (this.#shell.exitCode !== null) throw new Error(`the shell has ended at "${command}"`);
    }
  }

  async #location(): Promise<{ readonly url: string; readonly state: string } | undefined> {
    for (const state of STATES) {
      const location = await findGateway(join(this.#folder, state));
      if (location?.url) return { url: location.url, state };
    }
    return undefined;
  }

  async #authority(): Promise<string | undefined> {
    const location = await this.#location();
    return location && new URL(location.url).host;
  }

  async #gatewayStarts(): Promise<string> {
    for (
      const deadline = performance.now() + SETTLED_WITHIN_MS;
      performance.now() < deadline;
      await sleep(20)
    ) {
      const authority = await this.#authority();
      if (authority !== undefined) return authority;
    }
    throw new Error('the gateway does not start');
  }

  /**
   * Waits until all functions have their replicas, as a user who types the next command would have waited.
   * @returns `HOST:PORT` of the gateway, if one runs
   */
  async #settled(): Promise<string | undefined> {
    const location = await this.#location();
    if (!location) return undefined;
    const { url, state } = location;
    const password = await readFile(join(this.#folder, state, 'basic-auth-password'), 'utf8').catch(() => '');
    const authorization = `Basic ${Buffer.from(`admin:${password.trim()}`).toString('base64')}`;
    const headers: Record<string, string> = password === '' ? {} : { authorization };
    const get = async (path: string): Promise<unknown> => (await fetch(url + path, { headers })).json();
    for (
      const deadline = performance.now() + SETTLED_WITHIN_MS;
      performance.now() < deadline;
      await sleep(50)
    ) {
      const namespaces = (await get('/system/namespaces')) as string[];
      const lists = namespaces.map((name) => get(`/system/functions?namespace=${name}`) as Promise<Status[]>);
      const functions = (await Promise.all(lists)).flat();
      const calls = (await get('/system/async')) as { state: string }[];
      const isBusy = calls.some((call) => call.state === 'waiting' || call.state === 'running');
      if (!isBusy && functions.every(isSettled)) return new URL(url).host;
    }
    throw new Error('not all functions become ready');
  }
}

/** The fields of a function's status that are read here. */
interface Status {
  readonly replicas?: number;
  readonly availableReplicas?: number;
  readonly notes?: readonly string[];
}

function isSettled({ replicas = 0, availableReplicas = 0, notes = [] }: Status): boolean {
  return replicas === availableReplicas && notes.length === 0;
}
