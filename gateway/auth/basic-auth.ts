import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { readCredentials, type Credentials } from './password-file.ts';

/** How long the password is used before its file is read again, in milliseconds. */
const FRESH_MS = 1000;

const derive = promisify(scrypt) as (password: string, salt: Buffer, length: number) => Promise<Buffer>;
const DERIVED_BYTES = 32;

/** Checks the login of a request (RFC 7617). */
export class BasicAuth {
  readonly #folder: string;
  readonly #now: () => number;
  #expected: { readonly user: Buffer; readonly password: Buffer };
  #readAt: number;

  private constructor(folder: string, credentials: Credentials, now: () => number) {
    this.#folder = folder;
    this.#now = now;
    this.#expected = hashed(credentials);
    this.#readAt = now();
  }

  /**
   * @param folder the folder with the files of user and password
   * @param now a monotonic clock, in milliseconds
   * @returns undefined where there is no password
   * @throws StartError where it cannot be read
   */
  static async load(folder: string, now: () => number): Promise<BasicAuth | undefined> {
    const credentials = await readCredentials(folder);
    return credentials && new BasicAuth(folder, credentials, now);
  }

  /** @returns the user of a valid Authorization header; undefined for any other */
  async userOf(authorization: string | undefined): Promise<string | undefined> {
    const given = readLogin(authorization);
    return given && (await this.#isRight(given)) ? given.user : undefined;
  }

  /** Checks a login that was typed in. It is slow on purpose (scrypt, RFC 7914), so that guessing is slow too. */
  async checkSlowly(user: string, password: string): Promise<boolean> {
    await this.#refresh();
    const salt = randomBytes(16);
    const given = hashed({ user, password });
    const [a, b] = await Promise.all(
      [given, this.#expected].map((one) => derive(one.password.toString('hex'), salt, DERIVED_BYTES)),
    );
    return (
      a !== undefined &&
      b !== undefined &&
      timingSafeEqual(a, b) &&
      timingSafeEqual(given.user, this.#expected.user)
    );
  }

  /** @returns a text that is different for each user and password */
  async fingerprint(): Promise<string> {
    await this.#refresh();
    const { user, password } = this.#expected;
    return `${user.toString('hex')}:${password.toString('hex')}`;
  }

  async #isRight(given: Credentials): Promise<boolean> {
    await this.#refresh();
    const { user, password } = hashed(given);
    const isUser = timingSafeEqual(user, this.#expected.user);
    const isPassword = timingSafeEqual(password, this.#expected.password);
    return isUser && isPassword;
  }

  /** Reads the files again, as the password may have been reset. If they cannot be read, the known password stays. */
  async #refresh(): Promise<void> {
    if (this.#now() - this.#readAt < FRESH_MS) return;
    this.#readAt = this.#now();
    const credentials = await readCredentials(this.#folder).catch(() => undefined);
    if (credentials) this.#expected = hashed(credentials);
  }
}

/** Hashes user and password, so that they have a fixed length and can be compared in constant time. */
function hashed({ user, password }: Credentials): { user: Buffer; password: Buffer } {
  return { user: sha256(user), password: sha256(password) };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function readLogin(authorization = ''): Credentials | undefined {
  const base64 = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1];
  if (base64 === undefined) return undefined;
  const text = Buffer.from(base64, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
