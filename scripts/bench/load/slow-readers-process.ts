import { connect, type Socket } from 'node:net';
import { getEachMessage, sendMessage } from 'execa';
import { OPEN_WITHIN, type SlowReadersOrder, type SlowReadersResult } from './slow-reader-clients.ts';

/** How often each client reads the bytes that are there, at most 64 KiB, in milliseconds. */
const EVERY = 2500;

const readers = new Set<Socket>();

/** Resolves once the answer is under way, with whether it is. */
function open({ port, path }: SlowReadersOrder): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    readers.add(socket);
    const late = setTimeout(() => socket.destroy(), OPEN_WITHIN * 1000);
    const timer = setInterval(() => socket.resume(), EVERY);
    socket.on('connect', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`));
    socket.on('data', () => {
      clearTimeout(late);
      socket.pause();
      resolve(true);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(late);
      clearInterval(timer);
      readers.delete(socket);
      resolve(false);
    });
  });
}

async function run(order: SlowReadersOrder): Promise<SlowReadersResult> {
  if (order.count === 0) {
    for (const socket of readers) socket.destroy();
    return { failures: 0 };
  }
  const opened = await Promise.all(Array.from({ length: order.count }, () => open(order)));
  return { failures: opened.filter((isUnderWay) => !isUnderWay).length };
}

for await (const order of getEachMessage()) {
  await sendMessage({ ...(await run(order as unknown as SlowReadersOrder)) });
}
