import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** The range of ports is below the one from which systems choose ports for connections and for servers on port 0. */
const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 100;

/**
 * Finds a free port of the loopback address that no other program is likely to take before its server does.
 * @param errorOf makes the error for the case that no port is free, from a line that says what to do
 */
export async function findFreePort(errorOf = (text: string): Error => new Error(text)): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
  throw errorOf(`no port from ${LOWEST} to ${HIGHEST} is free: end what listens there`);
}

/** Whether a port of the loopback address is free now. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
