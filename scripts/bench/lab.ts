import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleScript } from '../sample/sample-bundle.ts';
import { LoadClient } from './load/client.ts';
import { ServerProcess } from './processes/server-process.ts';
import type { Subject } from './subjects/subject.ts';

/** How often a server that starts is asked whether it is ready, in milliseconds. */
const PAUSE = 20;

const NAMES = [
  ...(['function', 'function-listener', 'bare-server', 'spawn-server'] as const),
  ...(['http-proxy-server', 'reply-from-server'] as const),
];

/** The files of the servers that run beside ours, each as one of plain JavaScript. */
export type Programs = Readonly<Record<(typeof NAMES)[number], string>>;

/** The command line of functions-framework. */
export const FUNCTIONS_FRAMEWORK = fileURLToPath(
  new URL('main.js', import.meta.resolve('@google-cloud/functions-framework')),
);

/** What all scenarios work with, and the owner of it: the load generator, and the servers that stand ready. */
export class Lab {
  /** Ends when the bench is ended. */
  readonly signal: AbortSignal;
  /** The quick form. */
  readonly isCheck: boolean;
  /** For whatever the subjects write; it is removed at the end. */
  readonly folder: string;
  readonly programs: Programs;
  readonly client = new LoadClient();
  readonly #servers: ServerProcess[] = [];
  readonly #onAbort = (): void => void this.client.close();

  private constructor(isCheck: boolean, signal: AbortSignal, folder: string, programs: Programs) {
    this.isCheck = isCheck;
    this.signal = signal;
    this.folder = folder;
    this.programs = programs;
    signal.addEventListener('abort', this.#onAbort);
  }

  static async open(isCheck: boolean, signal: AbortSignal): Promise<Lab> {
    const made = NAMES.map(
      async (name) => [name, await bundleScript(`bench/servers/${name}.ts`, `bench/${name}.mjs`)] as const,
    );
    const programs = Object.fromEntries(await Promise.all(made)) as Programs;
    return new Lab(isCheck, signal, await mkdtemp(join(tmpdir(), 'fwatchdog-bench-')), programs);
  }

  /**
   * Starts a server.
   * @throws Error when there is no such program; the reason of the bench's signal
   */
  launch(subject: Subject): ServerProcess {
    this.signal.throwIfAborted();
    const server = new ServerProcess(subject.command);
    this.#servers.push(server);
    return server;
  }

  /**
   * Starts a server and waits until it is ready.
   * @throws Error when it ends or does not answer in time; the reason of the bench's signal
   */
  async serve(subject: Subject): Promise<ServerProcess> {
    const server = this.launch(subject);
    await server.untilOk(subject.readyUrl, PAUSE, this.signal);
    return server;
  }

  /** Ends all servers that it has started. */
  async clear(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.end()));
  }

  async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.#onAbort);
    await this.clear();
    await this.client.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
