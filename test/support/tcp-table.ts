import { readFileSync } from 'node:fs';

/** Bytes that have arrived on the connections of a local port and that its program has not read yet. */
export function unreadBytesAt(port: number): number {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  let unread = 0;
  for (const line of readFileSync('/proc/net/tcp', 'latin1').split('\n').slice(1)) {
    const [, local = '', , state, queues = ''] = line.trim().split(/\s+/);
    if (local.endsWith(`:${wanted}`) && state === '01')
      unread += Number.parseInt(queues.split(':')[1] ?? '0', 16);
  }
  return unread;
}
