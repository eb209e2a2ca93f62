import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { newFolder, removeFolder } from './folder.ts';
import type { Owner } from './owner.ts';
import { until } from './wait.ts';

/** A NATS server with JetStream on a free port, which keeps its port and its streams when it is started again. */
export class NatsServer {
  readonly #owner: Owner;
  readonly #folder: string;
  readonly #options: readonly string[];
  #child: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  #port = -1;

  private constructor(owner: Owner, folder: string, options: readonly string[]) {
    this.#owner = owner;
    this.#folder = folder;
    this.#options = options;
  }

  /** @param options more of nats-server's command line */
  static async start(owner: Owner, options: readonly string[] = []): Promise<NatsServer> {
    const folder = newFolder();
    const server = new NatsServer(owner, folder, options);
    owner.after(async () => {
      await server.kill();
      removeFolder(folder);
    });
    await server.start();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const ports = newFolder();
    this.#owner.after(() => removeFolder(ports));
    const address = ['--addr', '127.0.0.1', '--port', String(this.#port)];
    const places = ['--jetstream', '--store_dir', this.#folder, '--ports_file_dir', ports];
    const child = spawn('nats-server', [...address, ...places, ...this.#options], { stdio: 'ignore' });
    this.#child = child;
    this.#exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
    const file = await until(
      () => readdirSync(ports).find((name) => name.endsWith('.ports')),
      'the NATS server to listen',
    );
    const url = await until(
      () =>
        (JSON.parse(readFileSync(path.join(ports, file), 'utf8') || '{}') as { nats?: string[] }).nats?.[0],
      'the port of the NATS server',
    );
    this.#port = Number(new URL(url).port);
  }

  /** Kills the server at once. Unlike in a power cut, even its unflushed writes stay. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#exited;
  }

  /** Halts the process: it reads and sends nothing any more, but its connections stay open. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }
}

/**
 * Why tests with a NATS server are skipped here; undefined where there is one.
 * @throws Error where one is missing and NATS_TESTS=required, as CI has it
 */
export function reasonWithoutNats(): string | undefined {
  try {
    execFileSync('nats-server', ['--version'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    const reason = `no nats-server here (${(error as Error).message}): apt-get install nats-server`;
    if (process.env['NATS_TESTS'] === 'required') throw new Error(reason, { cause: error });
    return reason;
  }
}
