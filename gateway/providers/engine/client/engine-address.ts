import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The address of an engine's HTTP API. */
export interface EngineAddress {
  /** The address as users write it, for messages: `unix:///run/podman/podman.sock`. */
  readonly text: string;
  /** The URL's origin. For a Unix socket, its host has no meaning. */
  readonly origin: string;
  readonly socketPath?: string;
  /** Certificates and key for TLS, in PEM. */
  readonly tls?: Tls;
}

export interface Tls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/**
 * Reads an address in the format of DOCKER_HOST: `unix:///PATH`, `tcp://HOST:PORT`, `http://`, `https://`.
 * @returns undefined for any other format
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

/** Reads certificates and key from a folder with the file names of Docker's clients. Missing files are left out. */
export async function readTls(folder: string): Promise<Tls> {
  const read = async (name: string): Promise<Buffer | undefined> =>
    readFile(join(folder, name)).catch(() => undefined);
  const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map(read));
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}
