import { createHash, randomBytes } from 'node:crypto';

/** A login that has gone to the identity provider and is to come back. */
export interface PendingLogin {
  readonly state: string;
  readonly nonce: string;
  /** What proves that the code is asked for by whoever began (PKCE, RFC 7636). */
  readonly verifier: string;
  readonly redirectUri: string;
}

/** How long one has at the identity provider, in milliseconds. */
export const PENDING_MS = 600_000;
/** Logins that are remembered; past that the oldest are forgotten. */
const MOST_PENDING = 1000;

/** Logins under way, each of which comes back once. */
export class PendingLogins {
  readonly #pending = new Map<string, PendingLogin & { readonly endsAt: number }>();

  /** @param now milliseconds of a steady clock */
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

  /** @returns undefined where no login of that state is under way, or not any more */
  take(state: string, now: number): PendingLogin | undefined {
    const login = this.#pending.get(state);
    this.#pending.delete(state);
    return login && login.endsAt > now ? login : undefined;
  }
}

/** What of a verifier the identity provider is told at first. */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
