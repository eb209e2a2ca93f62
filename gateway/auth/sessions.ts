import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Access, Principal } from './principal.ts';

export interface SessionsParts {
  /** The key that signs sessions. */
  readonly key: Buffer;
  /** A text that changes with the user and the password. All sessions end then. */
  readonly fingerprint: () => Promise<string>;
  /** How long a session lasts, in milliseconds. */
  readonly duration: number;
  /** A clock in milliseconds since 1970. */
  readonly now: () => number;
}

/** The content of a session's cookie. The names are short, as every request has them. */
interface Claims {
  readonly u: string;
  readonly a: Access;
  /** When the session ends, in milliseconds since 1970. */
  readonly e: number;
  /** A random text that identifies the session. */
  readonly n: string;
  /** 1 if the session is renewed while it is used. */
  readonly r: 0 | 1;
}

/** How many revoked sessions are remembered. The oldest are forgotten first. */
const MOST_REVOKED = 10_000;

/** Issues and checks the sessions of browsers: signed texts in a cookie. The gateway remembers only revoked ones. */
export class Sessions {
  readonly duration: number;
  readonly #parts: SessionsParts;
  readonly #revoked = new Set<string>();

  constructor(parts: SessionsParts) {
    this.#parts = parts;
    this.duration = parts.duration;
  }

  /**
   * Begins a session.
   * @param isRenewed whether it is renewed while it is used; not where an identity provider may withdraw the login
   * @returns the value of its cookie
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

  /** @returns the login of a cookie; undefined where it is forged, expired, or revoked */
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

  /** Ends a session before its time. */
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

/** Compares two texts in a time that does not depend on where they differ. */
export function isSame(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
