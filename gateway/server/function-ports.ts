import { messageOf } from '../../common/errors.ts';
import { GatewayError } from '../errors.ts';
import { qualifiedName, type FunctionName } from '../functions/function-name.ts';
import type { OpenPort, PortOpener } from '../providers/instances/own-ports.ts';
import type { HttpListener } from './http-listener.ts';

/** How long requests may take after their function's port was closed, in milliseconds. */
const DRAIN_MS = 60_000;

/** Ports that each lead to one function, in addition to its path on the main port. */
export class FunctionPorts implements PortOpener {
  readonly #host: string;
  readonly #open = new Set<HttpListener>();
  #listenerFor: ((name: FunctionName) => HttpListener) | undefined;

  /** @param host the address of all these ports */
  constructor(host: string) {
    this.#host = host;
  }

  /** Sets the listeners of ports. Is called before the first port is opened. */
  serveBy(listenerFor: (name: FunctionName) => HttpListener): void {
    this.#listenerFor = listenerFor;
  }

  /** @throws GatewayError PORT_TAKEN */
  async open(name: FunctionName, port: number): Promise<OpenPort> {
    const listener = this.#listenerFor?.(name);
    if (!listener) throw new GatewayError('INTERNAL', 'nothing serves the ports of functions yet');
    try {
      await listener.listen(this.#host, port, `the port of ${qualifiedName(name)}`);
    } catch (thrown) {
      listener.closeAll();
      throw new GatewayError('PORT_TAKEN', messageOf(thrown), { cause: thrown });
    }
    this.#open.add(listener);
    return { close: () => void this.#close(listener) };
  }

  async #close(listener: HttpListener): Promise<void> {
    listener.stopListening();
    await listener.drain(DRAIN_MS);
    listener.closeAll();
    this.#open.delete(listener);
  }

  /** Accepts no more connections, and waits up to `deadlineMs` for requests in flight. */
  async drain(deadlineMs: number): Promise<void> {
    for (const listener of this.#open) listener.stopListening();
    await Promise.all([...this.#open].map((listener) => listener.drain(deadlineMs)));
  }

  closeAll(): void {
    for (const listener of this.#open) listener.closeAll();
  }
}
