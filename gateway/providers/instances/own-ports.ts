import { GatewayError } from '../../errors.ts';
import type { Deployment } from '../../functions/deployment.ts';
import type { FunctionName } from '../../functions/function-name.ts';
import { DebuggerPort } from './debugger-port.ts';

/** Opens ports that each lead to one function. */
export interface PortOpener {
  /** @throws GatewayError PORT_TAKEN */
  open(name: FunctionName, port: number): Promise<OpenPort>;
}

export interface OpenPort {
  /** Accepts no more connections. Requests in flight are still answered. */
  close(): void;
}

/** The annotation that asks for a port that leads to this function only. */
const PORT = 'dev.of-gateway.port';
/** The annotation that asks for a debugger in a function's Node processes: `true`, or the port that it keeps. */
const INSPECT = 'dev.of-gateway.inspect';

/** Whether a deployment asks for a debugger. */
export function isInspected({ annotations }: Deployment): boolean {
  return annotations[INSPECT] === 'true' || portIn(annotations, INSPECT) !== undefined;
}

/** The ports of one function on a developer's machine: one for its requests, one for its debugger. */
export class OwnPorts {
  readonly #opener: PortOpener;
  #requests: { readonly number: number; readonly port: OpenPort } | undefined;
  #debugger: { readonly number: number; readonly port: DebuggerPort } | undefined;

  constructor(opener: PortOpener) {
    this.#opener = opener;
  }

  /** The debugger's port, which stays while instances come and go; undefined where the deployment names none. */
  get debugger(): DebuggerPort | undefined {
    return this.#debugger?.port;
  }

  /**
   * Opens the ports that a deployment asks for, and closes the others.
   * @throws GatewayError PORT_TAKEN, DEPLOYMENT_INVALID; then nothing has changed
   */
  async become(deployment: Deployment): Promise<void> {
    const requests = portIn(deployment.annotations, PORT);
    const debugging =
      deployment.annotations[INSPECT] === 'true' ? undefined : portIn(deployment.annotations, INSPECT);
    const nextRequests =
      requests === undefined || requests === this.#requests?.number
        ? undefined
        : { number: requests, port: await this.#opener.open(deployment, requests) };
    let nextDebugger: { readonly number: number; readonly port: DebuggerPort } | undefined;
    try {
      if (debugging !== undefined && debugging !== this.#debugger?.number)
        nextDebugger = { number: debugging, port: await DebuggerPort.listen(debugging) };
    } catch (thrown) {
      nextRequests?.port.close();
      throw thrown;
    }
    if (nextRequests || requests === undefined) {
      this.#requests?.port.close();
      this.#requests = nextRequests;
    }
    if (nextDebugger || debugging === undefined) {
      this.#debugger?.port.close();
      this.#debugger = nextDebugger;
    }
  }

  close(): void {
    this.#requests?.port.close();
    this.#debugger?.port.close();
    this.#requests = undefined;
    this.#debugger = undefined;
  }
}

/** @throws GatewayError DEPLOYMENT_INVALID */
function portIn(annotations: Readonly<Record<string, string>>, name: string): number | undefined {
  const text = annotations[name];
  if (text === undefined || text === '' || (name === INSPECT && !/^\d/.test(text))) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new GatewayError(
    'DEPLOYMENT_INVALID',
    `${name}=${JSON.stringify(text)} is not a port from 1 to 65535`,
  );
}
