import { messageOf } from '../../../common/errors.ts';
import type { Environment } from '../../../common/settings/read.ts';
import { GatewayError } from '../../errors.ts';
import { EngineError, type EngineClient } from './client/engine-client.ts';
import { readImageReference, type ImageReference } from './client/image-reference.ts';
import { jsonStream } from './client/json-stream.ts';
import { registryLogin } from './client/registry-login.ts';
import { IMAGE, PULL_STEP } from './engine-answers.ts';

/** When a deployment pulls its image: always, if the engine does not have it, or never. */
export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

export type EngineImage = typeof IMAGE.zero;

/** How long the answer to a pull may take to begin, and how long a pull may take in all, in milliseconds. */
const SILENT_PULL_MS = 5 * 60_000;
const LONGEST_PULL_MS = 60 * 60_000;

/** Finds images in the engine, and lets it pull missing ones. */
export class Images {
  readonly #policy: PullPolicy;
  readonly #environment: Environment;
  /** The pulls under way by image. Deployments of the same image share one. */
  readonly #pulls = new Map<string, Promise<void>>();

  constructor(policy: PullPolicy, environment: Environment) {
    this.#policy = policy;
    this.#environment = environment;
  }

  /**
   * Finds the image of a name, and pulls it if the policy says so.
   * @throws GatewayError IMAGE_UNAVAILABLE with the engine's reason, DEPLOYMENT_INVALID, PROVIDER_UNAVAILABLE
   */
  async obtain(client: EngineClient, name: string): Promise<EngineImage> {
    const reference = readImageReference(name);
    if (!reference)
      throw new GatewayError(
        'DEPLOYMENT_INVALID',
        `image ${JSON.stringify(name)} is not a valid name of an image`,
      );
    const known = this.#policy === 'Always' ? undefined : await this.find(client, name);
    if (known) return known;
    if (this.#policy === 'Never') {
      const text = `the image ${name} is not in the engine, and image_pull_policy=Never keeps it from being pulled: pull it, or set another policy`;
      throw new GatewayError('IMAGE_UNAVAILABLE', text);
    }
    await this.#pullOnce(client, name, reference);
    const pulled = await this.find(client, name);
    if (pulled) return pulled;
    throw new GatewayError(
      'IMAGE_UNAVAILABLE',
      `the image ${name} was pulled, but the engine no longer has it: deploy again`,
    );
  }

  /** @param name a name or an id @returns undefined where it is not in the engine */
  async find(client: EngineClient, name: string): Promise<EngineImage | undefined> {
    try {
      return await client.read('GET', `/images/${name}/json`, IMAGE);
    } catch (thrown) {
      if (thrown instanceof EngineError && thrown.status === 404) return undefined;
      throw thrown;
    }
  }

  #pullOnce(client: EngineClient, name: string, reference: ImageReference): Promise<void> {
    const known = this.#pulls.get(name);
    if (known) return known;
    const pull = this.#pull(client, name, reference).finally(() => this.#pulls.delete(name));
    this.#pulls.set(name, pull);
    return pull;
  }

  async #pull(
    client: EngineClient,
    name: string,
    { registry, repository, tag }: ImageReference,
  ): Promise<void> {
    const login = await registryLogin(registry, this.#environment);
    const query = { fromImage: repository, tag };
    const headers = login === undefined ? {} : { 'x-registry-auth': login };
    const request = { query, headers, timeout: SILENT_PULL_MS, signal: AbortSignal.timeout(LONGEST_PULL_MS) };
    try {
      const body = await client.open('POST', '/images/create', request);
      for await (const step of jsonStream(body as AsyncIterable<Buffer>, PULL_STEP)) {
        const reason = step.errorDetail.message || step.error;
        if (reason) throw new EngineError(500, reason);
      }
    } catch (thrown) {
      if (thrown instanceof GatewayError) throw thrown;
      const reason = messageOf(thrown).replaceAll(/\s+/g, ' ');
      throw new GatewayError('IMAGE_UNAVAILABLE', `the image ${name} cannot be pulled: ${reason}`, {
        cause: thrown,
      });
    }
  }
}
