/** The permissions in the `function` claim of an OpenFaaS function access token. */
export interface FunctionClaim {
  readonly permissions: readonly string[];
  /** Functions that the token is meant for; empty for any. */
  readonly audience: readonly string[];
}

/** Reads the claim. A value of another form permits nothing. */
export function readFunctionClaim(claim: unknown): FunctionClaim {
  const { permissions, audience } = Object(claim) as Record<string, unknown>;
  if (!isTexts(permissions ?? []) || !isTexts(audience ?? [])) return { permissions: [], audience: [] };
  return { permissions: (permissions ?? []) as string[], audience: (audience ?? []) as string[] };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/**
 * Whether the claim lets the bearer of its token call a function.
 * @param name `NAMESPACE:NAME` of the function
 */
export function permits(claim: FunctionClaim, name: string): boolean {
  const isMeant = claim.audience.length === 0 || claim.audience.some((pattern) => matches(pattern, name));
  return isMeant && claim.permissions.some((pattern) => matches(pattern, name));
}

/** Whether a whole name fits a pattern, in which `*` stands for any text. */
export function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === name;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last))
    return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
