import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';

/** The same request over and over, on each connection one at a time. */
export interface LoadOrder {
  readonly port: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** A text, or so many bytes of no matter what. */
  readonly body?: string | number;
  /** The content type of the body. */
  readonly type?: string;
  readonly connections: number;
  readonly seconds: number;
}

/** What it saw within the time. Times in milliseconds. */
export interface LoadResult {
  readonly requests: number;
  /** Of bodies, both ways: of uploads those that were answered. */
  readonly bytes: number;
  readonly elapsed: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers other than a whole 200, and connections that broke. */
  readonly failures: number;
  /** How much of one processor the client took, 1 for all of it. */
  readonly cpu: number;
}

/** How long after its time the result of an order may take, in milliseconds. */
const RESULT_WITHIN = 15_000;

function launch() {
  return execaNode(fileURLToPath(import.meta.resolve('./client-process.ts')), {
    nodeOptions: ['--import', 'tsx'],
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    ipc: true,
    serialization: 'json',
    reject: false,
  });
}

/**
 * The load generator: a process of its own, which lives through all rounds, so that each finds it equally warm. It is a
 * client of our own on plain sockets, as what it does with an answer costs it a third of what autocannon's or undici's
 * parser take, and the servers that it loads share the processors with it.
 */
export class LoadClient {
  readonly #child = launch();

  /** @throws Error when the process ends, or is ended as the result does not come in time */
  async run(order: LoadOrder): Promise<LoadResult> {
    const late = setTimeout(() => this.#child.kill('SIGKILL'), order.seconds * 1000 + RESULT_WITHIN);
    try {
      const [result] = await Promise.all([
        this.#child.getOneMessage(),
        this.#child.sendMessage({ ...order }),
      ]);
      return result as unknown as LoadResult;
    } catch (error) {
      throw new Error('the load generator has ended before its result', { cause: error });
    } finally {
      clearTimeout(late);
    }
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child;
  }
}
