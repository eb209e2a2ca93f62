import { qualifiedName } from '../functions/function-name.ts';
import type { FunctionStatus } from '../functions/function-status.ts';
import type { Provider } from '../providers/provider.ts';

type Usage = NonNullable<FunctionStatus['usage']>;

/** How many functions are measured at each look, as measuring costs time here or at the provider. */
const MEASURED_AT_A_TIME = 20;

/** Measures the CPU and memory of functions, a few at each look, all in turn. */
export class UsageRound {
  readonly #provider: Pick<Provider, 'status'>;
  readonly #known = new Map<string, Usage>();
  #next = 0;
  #isMeasuring = false;

  constructor(provider: Pick<Provider, 'status'>) {
    this.#provider = provider;
  }

  /** @returns the last measurement of a function; undefined where there is none */
  of(key: string): Usage | undefined {
    return this.#known.get(key);
  }

  /** Begins to measure the next functions, unless a measurement is still under way. */
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
        this.#known.delete(key); // the function was removed meanwhile, or the provider does not answer
      }
    }
  }
}
