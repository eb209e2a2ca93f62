import { readFile } from 'node:fs/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import type { NatsAddress } from '../../settings/nats-address.ts';

export interface ConnectOptions {
  readonly address: NatsAddress;
  /** The path of a file of credentials, as nsc makes them. */
  readonly credentials: string | undefined;
  /** Becomes a part of the connection's name, which the server shows in its lists. */
  readonly stream: string;
}

/** How long to wait for a connection, and how long before the next try after it was lost. */
const CONNECT_TIMEOUT_MS = 5000;
const RETRY_MS = 500;
/** A server that answers no ping for two of these intervals counts as gone. */
const PING_EVERY_MS = 5000;

/** Connects to NATS. A connection that is lost later is made again, for ever. @throws Error with the reason */
export async function connectNats({ address, credentials, stream }: ConnectOptions): Promise<NatsConnection> {
  const { connect, credsAuthenticator } = await import('@nats-io/transport-node');
  const { servers, isTls, user, password, token } = address;
  return connect({
    servers: [...servers],
    name: `of-gateway ${stream}`,
    ...(isTls && { tls: {} }),
    ...(user !== undefined && password !== undefined && { user, pass: password }),
    ...(token !== undefined && { token }),
    ...(credentials !== undefined && { authenticator: credsAuthenticator(await readFile(credentials)) }),
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_EVERY_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY_MS,
    ignoreAuthErrorAbort: true,
  });
}
