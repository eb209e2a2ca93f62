import { once } from 'node:events';
import type { Server } from 'node:net';
import { messageOf, systemCodeOf } from '../../common/errors.ts';
import { StartError } from '../errors.ts';

/** How many connections may wait to be accepted. */
const BACKLOG = 4096;

/**
 * Listens on a port.
 * @param host the address to listen on; all addresses where it is undefined
 * @param setting the variable that gave the port
 * @returns the port
 * @throws StartError PORT_UNAVAILABLE
 */
export async function listen(
  server: Server,
  host: string | undefined,
  port: number,
  setting: string,
): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ ...(host !== undefined && { host }), port, backlog: BACKLOG }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (thrown) {
    const why = systemCodeOf(thrown) === 'EADDRINUSE' ? 'it is in use' : messageOf(thrown);
    const text = `cannot listen on port ${port}: ${why}; set ${setting} to another`;
    throw new StartError('PORT_UNAVAILABLE', text, { cause: thrown });
  }
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

/** Listens on a port that another process has bound. */
export async function listenOn(server: Server, handle: unknown): Promise<void> {
  server.listen(handle, BACKLOG);
  await once(server, 'listening');
}
