/** The servers of NATS, and the login for them. */
export interface NatsAddress {
  /** `HOST:PORT` of each server. */
  readonly servers: readonly string[];
  readonly isTls: boolean;
  readonly user?: string;
  readonly password?: string;
  /** The user of a URL without a password. */
  readonly token?: string;
  /** The address without user, password and token, for the log. */
  readonly text: string;
}

/**
 * Reads `nats://[USER:PASSWORD@|TOKEN@]HOST[:PORT]`, or several separated by commas. `tls://` asks for TLS. The login
 * is that of the first.
 * @returns undefined where the text is no such address
 */
export function readNatsAddress(text: string): NatsAddress | undefined {
  const parts = text.split(',').map((part) => part.trim());
  if (!parts.every((part) => /^(?:nats|tls):\/\//i.test(part) && URL.canParse(part))) return undefined;
  const urls = parts.map((part) => new URL(part));
  const [first] = urls;
  if (!first || urls.some(({ hostname }) => hostname === '')) return undefined;
  const user = decodeURIComponent(first.username);
  const password = decodeURIComponent(first.password);
  return {
    servers: urls.map(({ hostname, port }) => `${hostname}:${port || '4222'}`),
    isTls: urls.some(({ protocol }) => protocol === 'tls:'),
    ...(password !== '' && { user, password }),
    ...(user !== '' && password === '' && { token: user }),
    text: urls.map(({ protocol, hostname, port }) => `${protocol}//${hostname}:${port || '4222'}`).join(','),
  };
}
