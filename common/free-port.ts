import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range from which systems take ports by themselves, for connections and for servers on port 0. */
const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 100;

/**
 * Finds a port of the loopback that nothing listened on a moment ago, and that nobody takes by chance before its server
 * does.
 * @param errorOf makes the error that is thrown where none of many is free, of a line that says what to do
 */
export async function findFreePort(errorOf = (text: string): Error => new Error(text)): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
  throw errorOf(`no port from ${LOWEST} to ${HIGHEST} is free: end what listens there`);
}

/** Whether nothing listens on a port of the loopback now. */
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
