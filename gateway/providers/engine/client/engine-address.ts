import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where an engine's HTTP API is. */
export interface EngineAddress {
  /** As a user writes it, for messages: `unix:///run/podman/podman.sock`. */
  readonly text: string;
  /** For a Unix socket any name will do. */
  readonly origin: string;
  readonly socketPath?: string;
  /** What a TLS handshake takes, in PEM. */
  readonly tls?: Tls;
}

export interface Tls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/**
 * Reads an address as DOCKER_HOST has it: `unix:///PATH`, `tcp://HOST:PORT`, `http://`, `https://`.
 * @returns undefined where it is none of these
 */
export function parseEngineAddress(text: string, tls?: Tls): EngineAddress | undefined {
  const socket = /^unix:\/\/(\/.+)$/.exec(text)?.[1];
  if (socket !== undefined) return { text, origin: 'http://engine', socketPath: socket };
  const remote = /^(tcp|https?):\/\/([^/@]+)\/?$/.exec(text);
  if (!remote) return undefined;
  const scheme = remote[1] === 'https' || (remote[1] === 'tcp' && tls) ? 'https' : 'http';
  const origin = `${scheme}://${remote[2] ?? ''}`;
  if (!URL.canParse(origin)) return undefined;
  return { text, origin, ...(tls && { tls }) };
}

/** The certificates of a folder, as Docker's clients lay them out. */
export async function readTls(folder: string): Promise<Tls> {
  const read = async (name: string): Promise<Buffer | undefined> =>
    readFile(join(folder, name)).catch(() => undefined);
  const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map(read));
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}
