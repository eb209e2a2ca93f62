import { EngineError, type EngineClient } from './client/engine-client.ts';
import { LABELS, ofState } from './labels.ts';
import { NETWORK, NETWORKS } from './engine-answers.ts';

/** The names of the gateway for functions, as in a cluster. */
export const GATEWAY_NAMES = [
  'gateway.openfaas',
  'gateway.openfaas.svc',
  'gateway.openfaas.svc.cluster.local',
];

export interface Network {
  readonly id: string;
  readonly name: string;
  /** The address of the engine's machine in the network. */
  readonly gateway: string;
}

/**
 * Keeps one network for each namespace, so that functions of different namespaces reach each other only by the gateway.
 */
export class Networks {
  readonly #state: string;
  readonly #known = new Map<string, Promise<Network>>();
  /** The id of the gateway's own container, which joins each network; undefined where it need not. */
  #beside: string | undefined;
  /** The networks that this process has joined. */
  readonly #joined = new Set<string>();

  constructor(state: string) {
    this.#state = state;
  }

  /** Forgets all networks, as the engine may be a different one. @param beside the id of the gateway's own container */
  forget(beside: string | undefined): void {
    this.#known.clear();
    this.#beside = beside;
  }

  /** Forgets the network of a namespace after an error in it, as it may have been removed. */
  doubt(namespace: string): void {
    this.#known.delete(namespace);
  }

  /** @returns the network of a namespace, which is created if it does not exist */
  of(client: EngineClient, namespace: string): Promise<Network> {
    const known = this.#known.get(namespace);
    if (known) return known;
    const network = this.#make(client, namespace);
    this.#known.set(namespace, network);
    network.catch(() => this.#known.delete(namespace));
    return network;
  }

  /** Removes this gateway's networks that no function uses. @param used the namespaces that have functions */
  async sweep(client: EngineClient, used: ReadonlySet<string>): Promise<void> {
    const query = { filters: ofState(this.#state) };
    const networks = await client.read('GET', '/networks', NETWORKS, { query });
    for (const { Name, Labels } of networks) {
      const namespace = Labels[LABELS.namespace] ?? '';
      if (used.has(namespace)) continue;
      this.#known.delete(namespace);
      await this.#remove(client, Name);
    }
  }

  /**
   * Removes all networks when the gateway ends. A gateway in a container leaves them for the next start to sweep: it is
   * connected to them until it has ended, and Podman 4 leaves rules for published ports behind if a container that is
   * being stopped is disconnected.
   */
  async removeAll(client: EngineClient): Promise<void> {
    if (this.#beside === undefined) await this.sweep(client, new Set());
  }

  async #remove(client: EngineClient, name: string): Promise<void> {
    await this.#leave(client, name);
    // If containers in it are still ending, the next sweep removes it.
    await client.send('DELETE', `/networks/${name}`, {}, [403, 404, 409, 500]);
  }

  #nameOf(namespace: string): string {
    return `of-${this.#state}-${namespace}`;
  }

  async #make(client: EngineClient, namespace: string): Promise<Network> {
    const name = this.#nameOf(namespace);
    const body = {
      Name: name,
      Driver: 'bridge',
      CheckDuplicate: true,
      Labels: { [LABELS.state]: this.#state, [LABELS.namespace]: namespace },
    };
    const network = await this.#find(client, name).catch(async (thrown: unknown) => {
      if (!(thrown instanceof EngineError && thrown.status === 404)) throw thrown;
      await client.send('POST', '/networks/create', { body }, [409]); // 409: it was created meanwhile
      return this.#find(client, name);
    });
    await this.#join(client, name);
    return network;
  }

  /**
   * Connects the gateway's own container to a network. It leaves first: if the gateway was killed, the container may
   * still be connected with an old address, to which the gateway's names would resolve.
   */
  async #join(client: EngineClient, name: string): Promise<void> {
    if (this.#beside === undefined) return;
    if (!this.#joined.has(name)) await this.#leave(client, name);
    this.#joined.add(name);
    const body = { Container: this.#beside, EndpointConfig: { Aliases: GATEWAY_NAMES } };
    await client.send('POST', `/networks/${name}/connect`, { body }, [403, 409, 500]);
  }

  async #leave(client: EngineClient, name: string): Promise<void> {
    if (this.#beside === undefined) return;
    const body = { Container: this.#beside, Force: true };
    await client.send('POST', `/networks/${name}/disconnect`, { body }, [403, 404, 409, 500]);
  }

  async #find(client: EngineClient, name: string): Promise<Network> {
    const { Id, IPAM } = await client.read('GET', `/networks/${name}`, NETWORK);
    const gateways = IPAM.Config.map(({ Gateway, Subnet }) =>
      (Gateway || firstOf(Subnet)).replace(/\/.*$/, ''),
    );
    return { id: Id, name, gateway: gateways.find((address) => address.includes('.')) ?? gateways[0] ?? '' };
  }
}

/** @returns the first address of an IPv4 subnet, which is the machine's unless the engine says otherwise */
function firstOf(subnet: string): string {
  return subnet.replace(/\.\d+\/\d+$/, '.1');
}
