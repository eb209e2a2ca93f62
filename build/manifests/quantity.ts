import { KitError } from '../errors.ts';
import type { Resources } from '../stack/functions.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const QUANTITY = /^(\d+(?:\.\d*)?|\.\d+)(m|k|[MGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;

const POWERS = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/**
 * Reads a quantity of Kubernetes (`128Mi`, `0.5`, `100m`, `1e3`).
 * @returns bytes or CPUs, or undefined where the text is no quantity
 */
export function parseQuantity(text: string): number | undefined {
  const match = QUANTITY.exec(text);
  if (!match) return undefined;
  const [, digits = '', suffix = ''] = match;
  const number = Number(digits);
  if (suffix === 'm') return number / 1000;
  if (/^[eE][+-]?\d+$/.test(suffix)) return Number(`${digits}${suffix}`);
  const power = POWERS.findIndex((prefix) => prefix.toLowerCase() === suffix.replace('i', '').toLowerCase());
  return number * (suffix.endsWith('i') ? 1024 : 1000) ** power;
}

/**
 * @param what the value and its function, for the error
 * @throws KitError INVALID
 */
export function checkResources(resources: Resources, what: string): void {
  for (const [key, text] of Object.entries(resources)) {
    if (text === undefined || (parseQuantity(text) ?? 0) > 0) continue;
    throw new KitError(
      'INVALID',
      `${what}.${key}: ${text} is no quantity: write 128Mi or 1G for memory, 100m or 0.5 for CPU`,
    );
  }
}

/**
 * Refuses Docker's `40m` of memory, which for Kubernetes is a part of a byte.
 * @throws KitError INVALID
 */
export function checkMemory({
  limits,
  requests,
  name,
  place,
}: {
  readonly limits: Resources;
  readonly requests: Resources;
  readonly name: string;
  readonly place: string;
}): void {
  for (const [what, { memory }] of Object.entries({ limits, requests })) {
    if (memory === undefined || (parseQuantity(memory) ?? 1) >= 1) continue;
    throw new KitError(
      'INVALID',
      `${place}: ${what} of ${name}.memory: ${memory} is less than a byte: write ${Number.parseFloat(memory)}Mi`,
    );
  }
}
