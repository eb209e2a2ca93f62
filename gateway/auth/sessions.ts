import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Access, Principal } from './principal.ts';

export interface SessionsParts {
  /** What sessions are signed with. */
  readonly key: Buffer;
  /** Changes with the password, and with it all sessions end. */
  readonly fingerprint: () => Promise<string>;
  /** How long a session lasts, in milliseconds. */
  readonly duration: number;
  /** A clock in milliseconds since 1970. */
  readonly now: () => number;
}

/** What a session says, short as it is in every request. */
interface Claims {
  readonly u: string;
  readonly a: Access;
  /** When it ends, in milliseconds since 1970. */
  readonly e: number;
  /** What tells it from others. */
  readonly n: string;
  /** 1 where it is made longer as it is used. */
  readonly r: 0 | 1;
}

/** Sessions that were ended by hand and are remembered until they would have ended; the oldest are forgotten. */
const MOST_REVOKED = 10_000;

/** Sessions of browsers: signed texts in a cookie, of which the gateway keeps nothing but those that were ended. */
export class Sessions {
  readonly duration: number;
  readonly #parts: SessionsParts;
  readonly #revoked = new Set<string>();

  constructor(parts: SessionsParts) {
    this.#parts = parts;
    this.duration = parts.duration;
  }

  /**
   * Begins one.
   * @param isRenewed whether it is made longer as it is used: not where others may take the login back
   * @returns what its cookie holds
   */
  async issue(user: string, access: Access, { isRenewed = true } = {}): Promise<string> {
    const claims: Claims = {
      u: user,
      a: access,
      e: this.#parts.now() + this.duration,
      n: randomBytes(16).toString('base64url'),
      r: isRenewed ? 1 : 0,
    };
    const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return `${text}.${await this.#sign('session', text)}`;
  }

  /** @returns who a cookie is of; undefined where it is forged, over, or ended */
  async read(token: string): Promise<Principal | undefined> {
    const [text = '', signature = ''] = token.split('.');
    if (!isSame(signature, await this.#sign('session', text))) return undefined;
    const {
      u: user,
      a: access,
      e: endsAt,
      n,
      r,
    } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Claims;
    if (endsAt <= this.#parts.now() || this.#revoked.has(n)) return undefined;
    const csrfToken = await this.#sign('csrf', text);
    return { user, access, session: { csrfToken, endsAt, isRenewed: r === 1 } };
  }

  /** Ends one before its time. */
  async revoke(token: string): Promise<void> {
    if (!(await this.read(token))) return;
    const { n } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as Claims;
    this.#revoked.add(n);
    for (const oldest of this.#revoked) {
      if (this.#revoked.size <= MOST_REVOKED) break;
      this.#revoked.delete(oldest);
    }
  }

  async #sign(use: 'session' | 'csrf', text: string): Promise<string> {
    const key = createHmac('sha256', this.#parts.key)
      .update(await this.#parts.fingerprint())
      .digest();
    return createHmac('sha256', key).update(`${use}:${text}`).digest('base64url');
  }
}

/** In a time that does not tell where they differ. */
export function isSame(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
