import type { Access } from './principal.ts';

/** Which groups of an identity provider may do what. */
export interface GroupRules {
  readonly write: readonly string[];
  readonly read: readonly string[];
}

/**
 * What somebody may do by their groups; the most that any of them gives.
 * @param claim as the identity provider tells it: a list of names, or one
 * @returns undefined where none of them gives anything
 */
export function accessOf(claim: unknown, rules: GroupRules): Access | undefined {
  const groups = (Array.isArray(claim) ? claim : [claim]).filter((one) => typeof one === 'string');
  if (groups.some((group) => rules.write.includes(group))) return 'write';
  return groups.some((group) => rules.read.includes(group)) ? 'read' : undefined;
}
