import { GatewayError } from '../errors.ts';
import { qualifiedName, type FunctionName } from '../functions/function-name.ts';
import type { FunctionStatus } from '../functions/function-status.ts';
import { unknownFunction } from '../functions/unknown-function.ts';
import type { Provider } from '../providers/provider.ts';
import type { Endpoints, Place } from './endpoints.ts';

/** Finds instances as the provider does, but never starts a function that is at zero (scale_from_zero=false). */
export class AwakeAlone implements Endpoints {
  readonly #provider: Provider;

  constructor(provider: Provider) {
    this.#provider = provider;
  }

  take(name: FunctionName): Place | undefined {
    return this.#provider.endpoints.take(name);
  }

  async wait(name: FunctionName, signal: AbortSignal): Promise<Place> {
    const { replicas } = await this.#statusOf(name);
    if (replicas === 0) {
      const text = `${qualifiedName(name)} is at zero replicas, and scale_from_zero=false: scale it up`;
      throw new GatewayError('FUNCTION_UNAVAILABLE', text);
    }
    return this.#provider.endpoints.wait(name, signal);
  }

  load(name: FunctionName): number {
    return this.#provider.endpoints.load(name);
  }

  /** Reads the status for a call. To a call, a function in an unknown namespace is an unknown function. */
  async #statusOf(name: FunctionName): Promise<FunctionStatus> {
    try {
      return await this.#provider.status(name, { usage: false });
    } catch (thrown) {
      if (!(thrown instanceof GatewayError) || thrown.code !== 'NAMESPACE_UNKNOWN') throw thrown;
      throw unknownFunction(name);
    }
  }
}
