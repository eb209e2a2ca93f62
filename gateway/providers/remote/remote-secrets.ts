import { decodeJson } from '../../json/decode.ts';
import type { SecretName, Secrets } from '../provider.ts';
import { requireDone, type ProviderClient } from './provider-client.ts';
import { WIRE } from './provider-answers.ts';

const CODES = { 400: 'REQUEST_INVALID', 404: 'SECRET_UNKNOWN', 409: 'SECRET_EXISTS' } as const;

/** The secrets of a remote provider. */
export class RemoteSecrets implements Secrets {
  readonly #client: ProviderClient;

  constructor(client: ProviderClient) {
    this.#client = client;
  }

  async list(namespace: string): Promise<readonly SecretName[]> {
    const answer = await this.#client.send('GET', '/system/secrets', { query: { namespace } });
    requireDone(answer, { 400: 'NAMESPACE_UNKNOWN', 404: 'NAMESPACE_UNKNOWN' });
    const secrets = decodeJson(Buffer.from(answer.text), WIRE.secrets);
    return secrets.map((secret) => ({ ...secret, namespace: secret.namespace || namespace }));
  }

  create(secret: SecretName, value: Buffer): Promise<void> {
    return this.#write('POST', secret, value);
  }

  update(secret: SecretName, value: Buffer): Promise<void> {
    return this.#write('PUT', secret, value);
  }

  /** Sends the namespace in the query and in the body, as providers read different ones. */
  async remove({ name, namespace }: SecretName): Promise<void> {
    const request = { query: { namespace }, body: { name, namespace } };
    requireDone(await this.#client.send('DELETE', '/system/secrets', request), CODES);
  }

  /** Sends the value as text too if it is UTF-8, for providers that do not read `rawValue`. */
  async #write(method: string, { name, namespace }: SecretName, value: Buffer): Promise<void> {
    const text = value.toString('utf8');
    const isText = Buffer.from(text).equals(value);
    const body = { name, namespace, rawValue: value.toString('base64'), ...(isText && { value: text }) };
    requireDone(await this.#client.send(method, '/system/secrets', { body }), CODES);
  }
}
