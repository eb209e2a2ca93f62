import { createHash, randomBytes } from 'node:crypto';

/** A login that was sent to the identity provider and has not come back yet. */
export interface PendingLogin {
  readonly state: string;
  readonly nonce: string;
  /** Proves that the client that began the login also redeems the code (PKCE, RFC 7636). */
  readonly verifier: string;
  readonly redirectUri: string;
}

/** How long a login may take at the identity provider, in milliseconds. */
export const PENDING_MS = 600_000;
/** How many logins are remembered. The oldest are forgotten first. */
const MOST_PENDING = 1000;

/** The logins under way. Each can come back only once. */
export class PendingLogins {
  readonly #pending = new Map<string, PendingLogin & { readonly endsAt: number }>();

  /** @param now milliseconds of a monotonic clock */
  begin(redirectUri: string, now: number): PendingLogin {
    const [state = '', nonce = '', verifier = ''] = Array.from({ length: 3 }, () =>
      randomBytes(32).toString('base64url'),
    );
    const login = { state, nonce, verifier, redirectUri };
    this.#pending.set(state, { ...login, endsAt: now + PENDING_MS });
    for (const oldest of this.#pending.keys()) {
      if (this.#pending.size <= MOST_PENDING) break;
      this.#pending.delete(oldest);
    }
    return login;
  }

  /** @returns the login of this state; undefined where there is none, or it took too long */
  take(state: string, now: number): PendingLogin | undefined {
    const login = this.#pending.get(state);
    this.#pending.delete(state);
    return login && login.endsAt > now ? login : undefined;
  }
}

/** @returns the code challenge of a verifier, which the identity provider gets first (PKCE) */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
