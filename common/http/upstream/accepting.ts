import net from 'node:net';
import type { UpstreamAddress } from './upstream-address.ts';

/** The first pause between two tries, and the longest, in milliseconds. */
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 25;
const CONNECT_TIMEOUT_MS = 1000;

/** Resolves with true when the upstream accepts connections, or with false when `isStopped` returns true. */
export async function untilAccepting(address: UpstreamAddress, isStopped: () => boolean): Promise<boolean> {
  let pause = FIRST_PAUSE_MS;
  while (!isStopped()) {
    if (await accepts(address)) return true;
    await new Promise((resolve) => {
      setTimeout(resolve, pause);
    });
    pause = Math.min(pause * 1.2, LONGEST_PAUSE_MS);
  }
  return false;
}

/** Whether the upstream accepts a connection now. */
export function accepts(address: UpstreamAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const done = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => done(false));
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}

function connect(address: UpstreamAddress): net.Socket {
  if (address.socketPath !== undefined) return net.connect({ path: address.socketPath });
  return net.connect({ host: address.host, port: address.port, autoSelectFamily: true });
}
