import { decodeJson } from '../../json/decode.ts';
import type { Namespace, Namespaces } from '../provider.ts';
import { requireDone, type ProviderClient } from './provider-client.ts';
import { WIRE } from './provider-answers.ts';

const CODES = {
  400: 'REQUEST_INVALID',
  404: 'NAMESPACE_UNKNOWN',
  405: 'NOT_SUPPORTED',
  409: 'NAMESPACE_EXISTS',
  501: 'NOT_SUPPORTED',
} as const;

/** The namespaces of a remote provider. Some providers have only the default one, and no endpoint for namespaces. */
export class RemoteNamespaces implements Namespaces {
  readonly #client: ProviderClient;
  readonly #default: string;

  constructor(client: ProviderClient, defaultNamespace: string) {
    this.#client = client;
    this.#default = defaultNamespace;
  }

  async list(): Promise<readonly Namespace[]> {
    const answer = await this.#client.send('GET', '/system/namespaces');
    if (answer.status === 404 || answer.status === 501) return [bare(this.#default)];
    requireDone(answer, CODES);
    const names = new Set([this.#default, ...decodeJson(Buffer.from(answer.text), WIRE.names)]);
    return Promise.all([...names].map((name) => this.#describe(name)));
  }

  async create(namespace: Namespace): Promise<void> {
    requireDone(await this.#client.send('POST', '/system/namespace/', { body: namespace }), CODES);
  }

  async update(namespace: Namespace): Promise<void> {
    const path = `/system/namespace/${namespace.name}`;
    requireDone(await this.#client.send('PUT', path, { body: namespace }), CODES);
  }

  async remove(name: string): Promise<void> {
    const body = { ...(await this.#describe(name)), name };
    requireDone(await this.#client.send('DELETE', `/system/namespace/${name}`, { body }), CODES);
  }

  async #describe(name: string): Promise<Namespace> {
    const answer = await this.#client.send('GET', `/system/namespace/${name}`);
    if (answer.status !== 200) return bare(name);
    return { ...decodeJson(Buffer.from(answer.text), WIRE.namespace), name };
  }
}

function bare(name: string): Namespace {
  return { name, labels: {}, annotations: {} };
}
