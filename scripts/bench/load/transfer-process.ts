import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { getEachMessage, sendMessage } from 'execa';
import { AnswerReader } from './answer-reader.ts';
import type { TransferOrder, TransferResult } from './transfer.ts';

/** How long transfers under way may still take after the time, in milliseconds; they are no longer counted. */
const GRACE = 10_000;

/** The counts of one order. */
class Tally {
  bytes = 0;
  transfers = 0;
  failures = 0;
  readonly #end: number;

  constructor(seconds: number) {
    this.#end = performance.now() + seconds * 1000;
  }

  get isOver(): boolean {
    return performance.now() >= this.#end;
  }
}

/** Repeats transfers on one connection until the time is over; resolves when the last has ended. */
function transferOn(order: TransferOrder, words: Buffer, tally: Tally): Promise<void> {
  return new Promise((resolve) => {
    const reader = new AnswerReader();
    const body = Buffer.alloc(order.bodyBytes, 'x');
    const leave = (socket: Socket): void => {
      clearTimeout(late);
      socket.destroy();
      resolve();
    };
    const fail = (): void => {
      tally.failures += 1;
      leave(socket);
    };
    const next = (): void => {
      if (tally.isOver) return leave(socket);
      socket.cork();
      socket.write(words);
      if (body.length > 0) socket.write(body);
      socket.uncork();
    };
    const onBody = (bytes: number): void => {
      if (order.method === 'GET' && !tally.isOver) tally.bytes += bytes;
    };
    const onEnd = (): void => {
      if (!tally.isOver) {
        tally.transfers += 1;
        tally.bytes += body.length;
      }
      next();
    };
    const socket = connect({
      port: order.port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: Buffer.alloc(262_144),
        callback: (size, buffer) => {
          try {
            reader.read(Buffer.from(buffer.buffer, buffer.byteOffset, size), onBody, onEnd);
          } catch {
            fail();
          }
          return true;
        },
      },
    });
    const late = setTimeout(fail, order.seconds * 1000 + GRACE);
    socket.on('connect', next);
    socket.on('error', fail);
    socket.on('end', fail);
  });
}

async function run(order: TransferOrder): Promise<TransferResult> {
  const { method, path, bodyBytes, seconds } = order;
  const length = method === 'POST' ? `Content-Length: ${bodyBytes}\r\n` : '';
  const type = method === 'POST' ? 'Content-Type: application/octet-stream\r\n' : '';
  const words = Buffer.from(
    `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${order.port}\r\n${type}${length}\r\n`,
  );
  const tally = new Tally(seconds);
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: order.connections }, () => transferOn(order, words, tally)));
  const spent = process.cpuUsage(cpu);
  const { bytes, transfers, failures } = tally;
  const whole = performance.now() - start;
  const generatorCpu = (spent.user + spent.system) / 1000 / whole;
  return { bytes, transfers, failures, elapsed: seconds * 1000, generatorCpu };
}

for await (const order of getEachMessage()) {
  await sendMessage({ ...(await run(order as unknown as TransferOrder)) });
}
