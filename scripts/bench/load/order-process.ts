import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';

/** How long after its time the result of an order may take, in milliseconds. */
export const RESULT_WITHIN = 15_000;

function launch(file: string) {
  return execaNode(file, {
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
 * A client in a process of its own, which takes one order at a time. It lives through all rounds, so that it is equally
 * warm in each.
 */
export class OrderProcess<Order extends object, Result> {
  readonly #name: string;
  readonly #child: ReturnType<typeof launch>;

  /** @param program its file, relative to this one */
  constructor(program: string) {
    this.#name = program;
    this.#child = launch(fileURLToPath(import.meta.resolve(program)));
  }

  /**
   * @param seconds how long the order itself takes
   * @throws Error when the process ends, or is ended because the result is late
   */
  async run(order: Order, seconds: number): Promise<Result> {
    const late = setTimeout(() => this.#child.kill('SIGKILL'), seconds * 1000 + RESULT_WITHIN);
    try {
      const [result] = await Promise.all([
        this.#child.getOneMessage(),
        this.#child.sendMessage(order as Readonly<Record<string, string | number>>),
      ]);
      return result as unknown as Result;
    } catch (error) {
      throw new Error(`${this.#name} has ended before its result`, { cause: error });
    } finally {
      clearTimeout(late);
    }
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child;
  }
}
