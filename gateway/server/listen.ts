import { isIPv6, type Server } from 'node:net';
import { messageOf, systemCodeOf } from '../../common/errors.ts';
import { StartError } from '../start-error.ts';

/** How many connections may wait to be accepted. */
const BACKLOG = 4096;

/**
 * Listens on a port.
 * @param port 0 for a free one
 * @param setting the name of the port's setting, for the error
 * @returns the port that was taken
 * @throws StartError
 */
export async function listen(server: Server, host: string, port: number, setting: string): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, backlog: BACKLOG }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (thrown) {
    const why = systemCodeOf(thrown) === 'EADDRINUSE' ? 'it is in use' : messageOf(thrown);
    throw new StartError(
      `cannot listen on port ${port} of ${host}: ${why}; set ${setting} to another, 0 for a free one`,
      {
        cause: thrown,
      },
    );
  }
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

/** @returns the URL at which this machine reaches a server that listens on an address */
export function localUrl(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::' || host === '';
  const name = everywhere ? '127.0.0.1' : host;
  return `http://${isIPv6(name) ? `[${name}]` : name}:${port}`;
}
