import { mkdtempSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadClient } from './load/client.ts';
import { ServerProcess, urlOf, type Subject } from './server-process.ts';

/** Prepares a server; undefined where this machine does not have it. */
export type Make<T extends Subject | undefined = Subject | undefined> = (lab: Lab) => Promise<T>;

/** The owner of everything that groups share: the load generator, the servers that stand ready, their files. */
export class Lab {
  /** The quick form. */
  readonly isCheck: boolean;
  /** Ends when the bench is ended. */
  readonly signal: AbortSignal;
  readonly client: LoadClient;
  readonly #folder = mkdtempSync(join(tmpdir(), 'fwatchdog-bench-'));
  readonly #made = new Map<string, Promise<string>>();
  readonly #servers: ServerProcess[] = [];
  readonly #standing = new Map<Subject, Promise<ServerProcess>>();

  constructor(isCheck: boolean, signal: AbortSignal, client: LoadClient) {
    this.isCheck = isCheck;
    this.signal = signal;
    this.client = client;
  }

  /** @returns a new folder for the files of a subject; it is removed at the end */
  makeFolder(): Promise<string> {
    return mkdtemp(join(this.#folder, 'subject-'));
  }

  /** Makes a file or a folder once, in a new folder. @returns its path, the same for each call with this name */
  once(name: string, make: (folder: string) => Promise<string>): Promise<string> {
    const made = this.#made.get(name) ?? this.makeFolder().then(make);
    this.#made.set(name, made);
    return made;
  }

  /** @throws Error when there is no such program; the reason of the bench's signal */
  launch(subject: Subject): ServerProcess {
    this.signal.throwIfAborted();
    const server = new ServerProcess(subject);
    this.#servers.push(server);
    return server;
  }

  /**
   * Starts a server and waits until it is ready.
   * @throws Error when it ends or does not answer in time; the reason of the bench's signal
   */
  async serve(subject: Subject): Promise<ServerProcess> {
    const server = this.launch(subject);
    await server.untilOk(urlOf(subject, subject.readyPath), this.signal);
    return server;
  }

  /** The server of a subject that stands ready until all are ended; it is started with the first turn. */
  standing(subject: Subject): Promise<ServerProcess> {
    const server = this.#standing.get(subject) ?? this.serve(subject);
    this.#standing.set(subject, server);
    return server;
  }

  /** Ends all servers that it has started. */
  async clear(): Promise<void> {
    this.#standing.clear();
    await Promise.all(this.#servers.splice(0).map((server) => server.end()));
  }

  async close(): Promise<void> {
    await this.clear();
    await this.client.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
