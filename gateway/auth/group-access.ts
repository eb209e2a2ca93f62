import type { Access } from './principal.ts';

/** The rights of the identity provider's groups. */
export interface GroupRules {
  readonly write: readonly string[];
  readonly read: readonly string[];
}

/**
 * Decides the rights of a user: the most that any of the user's groups gives.
 * @param claim the claim of the identity provider: a list of names, or a single one
 * @returns undefined where no group gives any right
 */
export function accessOf(claim: unknown, rules: GroupRules): Access | undefined {
  const groups = (Array.isArray(claim) ? claim : [claim]).filter((one) => typeof one === 'string');
  if (groups.some((group) => rules.write.includes(group))) return 'write';
  return groups.some((group) => rules.read.includes(group)) ? 'read' : undefined;
}
