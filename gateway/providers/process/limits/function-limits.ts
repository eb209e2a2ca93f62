import { parseQuantity } from '../../../../common/quantity.ts';
import type { Deployment } from '../../../functions/deployment.ts';

/** The limits of each instance of a function: `bytes` of memory and `cores` of CPU. */
export interface FunctionLimits {
  readonly bytes: number | undefined;
  readonly cores: number | undefined;
  /** The limits as they were deployed, for texts. */
  readonly memory: string;
  readonly cpu: string;
}

/** @returns undefined where a function has no limits */
export function limitsOf({ limits }: Deployment): FunctionLimits | undefined {
  const { memory = '', cpu = '' } = limits ?? {};
  const bytes = parseQuantity(memory) || undefined;
  const cores = parseQuantity(cpu) || undefined;
  return bytes === undefined && cores === undefined ? undefined : { bytes, cores, memory, cpu };
}
