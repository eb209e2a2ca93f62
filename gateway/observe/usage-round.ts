import { qualifiedName } from '../functions/function-name.ts';
import type { FunctionStatus } from '../functions/function-status.ts';
import type { Provider } from '../providers/provider.ts';

type Usage = NonNullable<FunctionStatus['usage']>;

/** Functions that are measured at each look: to measure is work, for this machine or for the provider. */
const MEASURED_AT_A_TIME = 20;

/** Measures what functions use, some at each look, all in turn. */
export class UsageRound {
  readonly #provider: Pick<Provider, 'status'>;
  readonly #known = new Map<string, Usage>();
  #next = 0;
  #isMeasuring = false;

  constructor(provider: Pick<Provider, 'status'>) {
    this.#provider = provider;
  }

  /** As it was measured last; undefined where it never was. */
  of(key: string): Usage | undefined {
    return this.#known.get(key);
  }

  /** Measures some more; does nothing where that is going on. */
  begin(functions: readonly FunctionStatus[]): void {
    if (this.#isMeasuring) return;
    this.#isMeasuring = true;
    void this.#measure(functions).finally(() => (this.#isMeasuring = false));
  }

  async #measure(functions: readonly FunctionStatus[]): Promise<void> {
    const keys = new Set(functions.map(({ deployment }) => qualifiedName(deployment)));
    for (const key of this.#known.keys()) if (!keys.has(key)) this.#known.delete(key);
    if (this.#next >= functions.length) this.#next = 0;
    const some = functions.slice(this.#next, this.#next + MEASURED_AT_A_TIME);
    this.#next += MEASURED_AT_A_TIME;
    for (const { deployment, availableReplicas } of some) {
      const key = qualifiedName(deployment);
      if (availableReplicas === 0) {
        this.#known.set(key, { cpu: 0, totalMemoryBytes: 0 });
        continue;
      }
      try {
        const { usage } = await this.#provider.status(deployment, { usage: true });
        if (usage) this.#known.set(key, usage);
        else this.#known.delete(key);
      } catch {
        this.#known.delete(key); // it was removed meanwhile, or its provider does not answer
      }
    }
  }
}
