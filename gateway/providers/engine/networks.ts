import { EngineError, type EngineClient } from './client/engine-client.ts';
import { LABELS, ofState } from './labels.ts';
import { NETWORK, NETWORKS } from './wire.ts';

/** The names by which functions find the gateway, as in a cluster. */
export const GATEWAY_NAMES = [
  'gateway.openfaas',
  'gateway.openfaas.svc',
  'gateway.openfaas.svc.cluster.local',
];

export interface Network {
  readonly id: string;
  readonly name: string;
  /** The engine's machine's own address in it. */
  readonly gateway: string;
}

/** One network for each namespace: functions of different ones do not reach each other but by the gateway. */
export class Networks {
  readonly #state: string;
  readonly #known = new Map<string, Promise<Network>>();
  /** The id of the gateway's own container, which is to be in each network. */
  #beside: string | undefined;
  /** The networks that this process has joined. */
  readonly #joined = new Set<string>();

  constructor(state: string) {
    this.#state = state;
  }

  /** Nothing that was known of an engine holds any more. */
  forget(beside: string | undefined): void {
    this.#known.clear();
    this.#beside = beside;
  }

  /** Something is wrong with what lies in a namespace's network: perhaps it is not there any more. */
  doubt(namespace: string): void {
    this.#known.delete(namespace);
  }

  /** The network of a namespace, made where it is not there. */
  of(client: EngineClient, namespace: string): Promise<Network> {
    const known = this.#known.get(namespace);
    if (known) return known;
    const network = this.#make(client, namespace);
    this.#known.set(namespace, network);
    network.catch(() => this.#known.delete(namespace));
    return network;
  }

  /** Removes those of this gateway's that no function is in any more. @param used namespaces that have functions */
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
   * Removes all, as the gateway ends. One that runs in a container is in them until it has ended: an engine that is
   * stopping a container takes it out of a network and leaves the rules behind that lead its ports there (Podman 4). So
   * they stay, for the next start to sweep.
   */
  async end(client: EngineClient): Promise<void> {
    if (this.#beside === undefined) await this.sweep(client, new Set());
  }

  async #remove(client: EngineClient, name: string): Promise<void> {
    await this.#leave(client, name);
    // Where containers are in it that are ending, the next sweep removes it.
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
      await client.send('POST', '/networks/create', { body }, [409]); // made meanwhile
      return this.#find(client, name);
    });
    await this.#join(client, name);
    return network;
  }

  /**
   * Puts the gateway's own container into a network. A gateway that was killed may be in it by an address of that time,
   * by which the names of the gateway are still answered: so it leaves first.
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

/** The first address of an IPv4 subnet, which is the machine's where the engine does not say. */
function firstOf(subnet: string): string {
  return subnet.replace(/\.\d+\/\d+$/, '.1');
}
