import { readFileSync } from 'node:fs';

/** The connections that the kernel knows of, each as the words of its line; of IPv6 too. */
function connections(): string[][] {
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((file) => readFileSync(file, 'latin1').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/));
}

function hexadecimal(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * Names the socket at one end of a connection as in the open files of its process, once a process has it.
 * @param local the port at this end
 * @param remote the port at the other
 */
export function socketOf(local: number, remote: number): string | undefined {
  const row = connections().find(
    ([, from, to]) => from?.endsWith(hexadecimal(local)) && to?.endsWith(hexadecimal(remote)),
  );
  const inode = row?.[9];
  return inode === undefined || inode === '0' ? undefined : `socket:[${inode}]`;
}

/**
 * Counts the bytes that have arrived on the connections of a local port and that its program has not read yet. It is
 * asked again and again, and the table has a line for each connection of the last minute, so only the port's own lines
 * are taken apart.
 */
export function unreadBytesAt(port: number): number {
  const ESTABLISHED = '01';
  const own = new RegExp(
    `${hexadecimal(port)} [0-9A-F]+:[0-9A-F]+ ${ESTABLISHED} [0-9A-F]+:([0-9A-F]+)`,
    'g',
  );
  let unread = 0;
  for (const [, bytes = '0'] of readFileSync('/proc/net/tcp', 'latin1').matchAll(own))
    unread += Number.parseInt(bytes, 16);
  return unread;
}

/** Counts the connections to a port that are asked for and not taken. */
export function attemptsTo(port: number): number {
  const SYN_SENT = '02';
  return connections().filter(([, , to, state]) => to?.endsWith(hexadecimal(port)) && state === SYN_SENT)
    .length;
}
