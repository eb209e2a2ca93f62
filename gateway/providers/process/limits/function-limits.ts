import type { Deployment } from '../../../functions/deployment.ts';
import { parseQuantity } from '../../../functions/quantity.ts';

/** What each instance of a function may use at the most. */
export interface FunctionLimits {
  readonly bytes: number | undefined;
  readonly cores: number | undefined;
  /** As they were deployed, for those who read of them. */
  readonly memory: string;
  readonly cpu: string;
}

/** @returns undefined where there are none */
export function limitsOf({ limits }: Deployment): FunctionLimits | undefined {
  const { memory = '', cpu = '' } = limits ?? {};
  const bytes = parseQuantity(memory) || undefined;
  const cores = parseQuantity(cpu) || undefined;
  return bytes === undefined && cores === undefined ? undefined : { bytes, cores, memory, cpu };
}
