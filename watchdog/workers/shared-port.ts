import type { SendHandle } from 'node:child_process';
import net, { isIPv4 } from 'node:net';
import { StartError } from '../errors.ts';

/**
 * A socket that is bound to a port and can be given to other processes. node:cluster uses the same private part of
 * Node.
 */
interface BoundHandle {
  getsockname(out: { port?: number }): number;
  close(): void;
}

type CreateHandle = (address: string, port: number, family: 4 | 6, fd: number) => BoundHandle | number;

/**
 * The port that all workers listen on. The kernel gives a connection to a worker that is about to take one, so never to
 * one that hangs. This process holds the port without taking connections, so that they wait while no worker is alive.
 * (node:cluster lets go of a port with its last worker.)
 */
export class SharedPort {
  readonly port: number;
  readonly #handle: BoundHandle;

  private constructor(handle: BoundHandle, port: number) {
    this.#handle = handle;
    this.port = port;
  }

  /**
   * @param host the address to listen on; all addresses where it is undefined
   * @throws StartError PORT_UNAVAILABLE
   */
  static bind(host: string | undefined, port: number): SharedPort {
    const create = (net as unknown as { _createServerHandle: CreateHandle })._createServerHandle;
    let handle = create(host ?? '::', port, host !== undefined && isIPv4(host) ? 4 : 6, -1);
    if (typeof handle === 'number' && host === undefined) handle = create('0.0.0.0', port, 4, -1); // this machine has no IPv6
    const bound: { port?: number } = {};
    const fault = typeof handle === 'number' ? handle : handle.getsockname(bound);
    if (typeof handle === 'number' || fault !== 0 || bound.port === undefined) {
      const text = `cannot listen on port ${port}: it is in use, or not ours to take (${fault}); set port to another`;
      throw new StartError('PORT_UNAVAILABLE', text);
    }
    return new SharedPort(handle, bound.port);
  }

  /** To be sent to a worker. */
  get handle(): SendHandle {
    return this.#handle as unknown as SendHandle;
  }

  close(): void {
    this.#handle.close();
  }
}
