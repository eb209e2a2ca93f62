import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type ClientRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

export const TEMPLATES = fileURLToPath(new URL('../../templates', import.meta.url));
export const FIXTURES = fileURLToPath(new URL('../fixtures/templates', import.meta.url));

/** The Node that runs the functions: TEST_NODE, else the one that runs the tests. */
export const NODE = process.env.TEST_NODE ?? process.execPath;

/** Whether functions run in the watchdog's own process instead of behind their index.js. */
export const INPROC = process.env.TEST_INPROC === 'true';
const WATCHDOG = fileURLToPath(new URL('../../dist/fwatchdog.js', import.meta.url));

const WAIT_MS = 30_000;

/** The deadline of a wait, for `once` and the like. */
export function soon(): { readonly signal: AbortSignal } {
  return { signal: AbortSignal.timeout(WAIT_MS) };
}

/**
 * A build context as faas-cli makes it: the template, and over its function/ the handler's files.
 * @param files texts by their path below function/
 */
export async function makeContext(
  t: TestContext,
  template: string,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `${template}-`));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const isSource = (path: string) => !['node_modules', 'dist'].includes(basename(path));
  await cp(join(TEMPLATES, template), folder, { recursive: true, filter: isSource });
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, 'function', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}

export interface Answer {
  readonly status: number;
  readonly reason: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  /** Whether the response was whole; false where the connection broke. */
  readonly complete: boolean;
}

export interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A function's process that listens. */
export class Host {
  readonly process: ChildProcess;
  readonly port: number;
  readonly #stderr: () => string;

  constructor(process: ChildProcess, port: number, stderr: () => string) {
    this.process = process;
    this.port = port;
    this.#stderr = stderr;
  }

  get stderr(): string {
    return this.#stderr();
  }

  /** Resolves once the log holds the text. */
  async logged(text: string | RegExp): Promise<string> {
    const has = () => (typeof text === 'string' ? this.stderr.includes(text) : text.test(this.stderr));
    while (!has()) {
      if (!this.process.stderr) throw new Error('the process has no stderr');
      await once(this.process.stderr, 'data', soon());
    }
    return this.stderr;
  }

  /** Begins a request, which the caller ends. Its errors show as a missing response. */
  open(options: RequestOptions = {}): ClientRequest {
    const asked = request({ agent: false, ...soon(), ...options, host: '127.0.0.1', port: this.port });
    return asked.on('error', () => undefined);
  }

  call({ method = 'GET', path = '/', headers = {}, body }: Call = {}): Promise<Answer> {
    const isSized = body !== undefined && headers['transfer-encoding'] === undefined;
    const sent = isSized ? { 'content-length': String(Buffer.byteLength(body)) } : {};
    const asked = this.open({ method, path, headers: { ...sent, ...headers } });
    return new Promise((resolve, reject) => {
      asked.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', () => undefined); // a broken response is told by `complete`
        response.once('close', () => {
          const bytes = Buffer.concat(chunks);
          const { statusCode: status = 0, statusMessage: reason, headers: received, complete } = response;
          resolve({ status, reason, headers: received, body: bytes, text: bytes.toString(), complete });
        });
      });
      asked.once('error', reject);
      asked.end(body);
    });
  }

  /** Resolves with the exit status, or the signal that ended the process. */
  async exited(): Promise<number | string | null> {
    const { process } = this;
    if (process.exitCode === null && process.signalCode === null) await once(process, 'exit', soon());
    return process.exitCode ?? process.signalCode;
  }
}

/**
 * Starts index.js of a build context on a free port.
 * @throws the log of a process that ends instead
 */
export async function start(
  t: TestContext,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Host> {
  const ready = INPROC ? /Metrics listening on port: / : /listening on port: /;
  const child = spawn(NODE, INPROC ? [WATCHDOG] : ['index.js'], {
    cwd: folder,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      http_port: '0',
      ...(INPROC && inprocEnvironment(folder)),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const deadline = soon();
  const told = () => (INPROC ? stderr : stdout);
  while (!ready.test(told())) {
    await Promise.race([once(INPROC ? child.stderr : child.stdout, 'data', deadline), ended]);
    if (child.exitCode !== null) throw new Error(stderr);
  }
  const port = Number(/^(?:.* )?listening on port: (\d+)/im.exec(told())?.[1]);
  return new Host(child, port, () => (INPROC ? withoutWatchdogLines(stderr) : stderr));
}

function inprocEnvironment(folder: string): Readonly<Record<string, string>> {
  const ports = { port: '0', metrics_port: '0' };
  return { mode: 'inproc', ...ports, prefix_logs: 'false', healthcheck_interval: '0s', TMPDIR: folder };
}

/** The function's output, where the watchdog writes to the same stream. */
function withoutWatchdogLines(text: string): string {
  return text.replaceAll(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d .*\n/gm, '');
}

/** A function of a template, started. */
export async function startFunction(
  t: TestContext,
  template: string,
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Host> {
  return start(t, await makeContext(t, template, files), env);
}
