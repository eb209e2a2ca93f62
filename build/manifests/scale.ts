import { KitError } from '../errors.ts';
import type { Workload } from './workload.ts';

/**
 * Reads from OpenFaaS's labels how many containers a function asks for.
 * @throws KitError INVALID for a value that is no whole number
 */
export function scaleOf({ labels, name, place }: Workload): { min?: number; max?: number } {
  const read = (bound: 'min' | 'max'): number | undefined => {
    const text = labels[`com.openfaas.scale.${bound}`];
    if (text === undefined) return undefined;
    if (/^\d{1,4}$/.test(text)) return Number(text);
    throw new KitError(
      'INVALID',
      `${place}: label com.openfaas.scale.${bound}=${text} of ${name} is no whole number`,
    );
  };
  const min = read('min');
  const max = read('max');
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}
