import { connect, type Socket } from 'node:net';
import { createHistogram, performance } from 'node:perf_hooks';
import { getEachMessage, sendMessage } from 'execa';
import { AnswerReader } from './answer-reader.ts';
import type { LoadOrder, LoadResult } from './client.ts';

/** How long requests under way may still take after the time, in milliseconds; they are no longer counted. */
const GRACE = 10_000;

/** The counts of one order. */
class Tally {
  bytes = 0;
  requests = 0;
  failures = 0;
  readonly latencies = createHistogram();
  readonly #end: number;

  constructor(seconds: number) {
    this.#end = performance.now() + seconds * 1000;
  }

  get isOver(): boolean {
    return performance.now() >= this.#end;
  }
}

function bytesOf({ method, path, port, body, type }: LoadOrder): Buffer {
  const content = typeof body === 'number' ? Buffer.alloc(body, 'x') : Buffer.from(body ?? '');
  const length = method === 'POST' ? `Content-Length: ${content.length}\r\n` : '';
  const kind = type === undefined ? '' : `Content-Type: ${type}\r\n`;
  const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${kind}${length}\r\n`;
  return Buffer.concat([Buffer.from(head), content]);
}

/** Requests on one connection until the time is over; resolves when the last has been answered. */
function loadConnection(order: LoadOrder, request: Buffer, sent: number, tally: Tally): Promise<void> {
  return new Promise((resolve) => {
    const reader = new AnswerReader();
    let began = 0;
    const leave = (): void => {
      clearTimeout(late);
      socket.destroy();
      resolve();
    };
    const fail = (): void => {
      tally.failures += 1;
      leave();
    };
    const next = (): void => {
      if (tally.isOver) return leave();
      began = performance.now();
      socket.write(request);
    };
    const onBody = (bytes: number): void => {
      if (sent === 0 && !tally.isOver) tally.bytes += bytes;
    };
    const onEnd = (): void => {
      if (!tally.isOver) {
        tally.requests += 1;
        tally.bytes += sent;
        tally.latencies.record(Math.max(1, Math.round((performance.now() - began) * 1000)));
      }
      next();
    };
    const read = (size: number, buffer: Uint8Array): boolean => {
      try {
        reader.read(Buffer.from(buffer.buffer, buffer.byteOffset, size), onBody, onEnd);
      } catch {
        fail();
      }
      return true;
    };
    const socket: Socket = connect({
      port: order.port,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer: Buffer.alloc(262_144), callback: read },
    });
    const late = setTimeout(fail, order.seconds * 1000 + GRACE);
    socket.on('connect', next).on('error', fail).on('end', fail);
  });
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const request = bytesOf(order);
  const sent = typeof order.body === 'number' ? order.body : 0;
  const tally = new Tally(order.seconds);
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: order.connections }, () => loadConnection(order, request, sent, tally)),
  );
  const spent = process.cpuUsage(cpu);
  const { bytes, requests, failures, latencies } = tally;
  return {
    requests,
    bytes,
    failures,
    elapsed: order.seconds * 1000,
    p50: latencies.percentile(50) / 1000,
    p99: latencies.percentile(99) / 1000,
    cpu: (spent.user + spent.system) / 1000 / (performance.now() - start),
  };
}

for await (const order of getEachMessage()) {
  await sendMessage({ ...(await run(order as unknown as LoadOrder)) });
}
