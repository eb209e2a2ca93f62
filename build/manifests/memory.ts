import { parseQuantity } from '../../common/quantity.ts';
import { KitError } from '../errors.ts';
import type { Workload } from './workload.ts';

/**
 * Refuses Docker's `40m` of memory, which for Kubernetes is a part of a byte.
 * @throws KitError INVALID
 */
export function checkMemory({ limits, requests, name, place }: Workload): void {
  for (const [what, { memory }] of Object.entries({ limits, requests })) {
    if (memory === undefined || (parseQuantity(memory) ?? 1) >= 1) continue;
    throw new KitError(
      'INVALID',
      `${place}: ${what} of ${name}.memory: ${memory} is less than a byte: write ${Number.parseFloat(memory)}Mi`,
    );
  }
}
