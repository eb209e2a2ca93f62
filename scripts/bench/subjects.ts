import { mkdtemp } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { join as joinWords } from 'shlex';
import { bundleScript, WATCHDOG } from '../sample/bundle.ts';
import { findFreePort } from '../sample/port.ts';
import type { LoadOrder } from './load.ts';
import type { ServerCommand } from './server-process.ts';

/** A server to measure. */
export interface Subject {
  readonly command: ServerCommand;
  readonly url: string;
  /** Answers 200 once requests can be sent. */
  readonly readyUrl: string;
}

/** The servers that are measured in turn. The first is what the others are compared with. */
export interface Group {
  readonly title: string;
  readonly request: Pick<LoadOrder, 'method' | 'body' | 'type'>;
  readonly subjects: readonly Subject[];
  /** Whether there is a function that lives on between requests, whose memory then counts. */
  readonly standingFunction: boolean;
}

/** Builds the subjects: what they run, their ports, their folders for the lock-file. */
export class Bundles {
  readonly #folder: string;
  readonly #sample: string;
  readonly #spawnServer: string;

  private constructor(folder: string, sample: string, spawnServer: string) {
    this.#folder = folder;
    this.#sample = sample;
    this.#spawnServer = spawnServer;
  }

  /** @param folder an empty one, which the caller removes */
  static async make(folder: string): Promise<Bundles> {
    const sample = await bundleScript('sample/function.ts', 'sample.js');
    return new Bundles(folder, sample, await bundleScript('bench/spawn-server.ts', 'bench/spawn-server.js'));
  }

  /** The function, started by nobody but us. */
  async direct(): Promise<Subject> {
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}/`;
    const environment = { function_port: `${port}` };
    const words = [process.execPath, this.#sample] as const;
    return { command: { name: 'direct', words, environment }, url, readyUrl: url };
  }

  /** node:http with a `cat` of its own for each request. */
  async spawning(): Promise<Subject> {
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}/`;
    const environment = { port: `${port}` };
    const words = [process.execPath, this.#spawnServer] as const;
    return { command: { name: 'node spawn', words, environment }, url, readyUrl: url };
  }

  /** The watchdog in http mode before the same function, logs and metrics on as they are by default. */
  async httpMode(): Promise<Subject> {
    const functionPort = `${await findFreePort()}`;
    return this.#watchdog('http', {
      fprocess: joinWords([process.execPath, this.#sample]),
      function_port: functionPort,
      upstream_url: `http://127.0.0.1:${functionPort}`,
    });
  }

  /** The watchdog with a `cat`, or what the environment says, for each request. */
  forkMode(
    mode: 'streaming' | 'serializing' | 'classic',
    name?: string,
    environment: Record<string, string> = {},
  ): Promise<Subject> {
    return this.#watchdog(mode, { fprocess: 'cat', ...environment }, name);
  }

  async #watchdog(
    mode: string,
    environment: Record<string, string>,
    name = `${mode} mode`,
  ): Promise<Subject> {
    const url = `http://127.0.0.1:${await findFreePort()}/`;
    const command = {
      name,
      words: [process.execPath, WATCHDOG],
      environment: {
        mode,
        port: new URL(url).port,
        metrics_port: `${await findFreePort()}`,
        healthcheck_interval: '0s',
        TMPDIR: await mkdtemp(joinPath(this.#folder, `${mode}-`)),
        ...environment,
      },
    } as const;
    return { command, url, readyUrl: `${url}_/health` };
  }
}
