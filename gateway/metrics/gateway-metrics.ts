import { messageOf } from '../../common/errors.ts';
import { renderMetrics } from '../../common/metrics/exposition.ts';
import type { FunctionStatus } from '../functions/function-status.ts';
import { allFunctions } from '../providers/all-functions.ts';
import type { Provider } from '../providers/provider.ts';
import { InvocationMetrics } from './invocation-metrics.ts';
import type { CallQueue } from '../async/call-queue.ts';
import type { ScaleDefaults } from '../scale/scale-policy.ts';
import { queueFamilies } from './queue-metrics.ts';
import { processFamilies } from './process-metrics.ts';
import { RouteMetrics } from './route-metrics.ts';
import { serviceFamilies } from './service-metrics.ts';
import { usageFamilies } from './usage-metrics.ts';

/** How long a scrape waits for the provider, in milliseconds. Prometheus itself waits ten seconds. */
const PROVIDER_WAIT_MS = 5000;

export interface GatewayMetricsParts {
  readonly provider: Provider;
  readonly queue: CallQueue;
  readonly scaleDefaults: ScaleDefaults;
  /** Is called with a line when a scrape goes without the provider's part. */
  readonly warn: (line: string) => void;
}

/** All metrics of the gateway. */
export class GatewayMetrics {
  readonly invocations = new InvocationMetrics();
  readonly routes = new RouteMetrics();
  readonly #parts: GatewayMetricsParts;

  constructor(parts: GatewayMetricsParts) {
    this.#parts = parts;
  }

  /** @returns the answer to a scrape. If the provider does not answer, its part is missing. */
  async render(): Promise<{ contentType: string; body: string }> {
    const functions = await this.#functions();
    return renderMetrics([
      ...this.invocations.families(),
      ...serviceFamilies(functions, this.#parts.scaleDefaults),
      ...usageFamilies(functions),
      ...queueFamilies(this.#parts.queue),
      ...this.routes.families(),
      ...(await processFamilies()),
    ]);
  }

  async #functions(): Promise<readonly FunctionStatus[]> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const text = `the provider did not answer within ${PROVIDER_WAIT_MS} ms`;
      timer = setTimeout(() => reject(new Error(text)), PROVIDER_WAIT_MS);
    });
    try {
      return await Promise.race([allFunctions(this.#parts.provider, { usage: true }), late]);
    } catch (thrown) {
      this.#parts.warn(`Metrics of functions are missing from a scrape: ${messageOf(thrown)}`);
      return [];
    } finally {
      clearTimeout(timer);
    }
  }
}
