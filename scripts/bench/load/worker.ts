import { connect, type Socket } from 'node:net';
import { createHistogram, performance } from 'node:perf_hooks';
import { parentPort } from 'node:worker_threads';
import { AnswerReader } from './answer-reader.ts';
import type { LoadOrder, LoadResult } from './client.ts';

/** How long requests under way may still take after the time, in milliseconds; they are no longer counted. */
const GRACE = 10_000;

function bytesOf({ method, path, port, body, type }: LoadOrder): Buffer {
  const content = typeof body === 'number' ? Buffer.alloc(body, 'x') : Buffer.from(body ?? '');
  const length = method === 'POST' ? `Content-Length: ${content.length}\r\n` : '';
  const kind = type === undefined ? '' : `Content-Type: ${type}\r\n`;
  const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${kind}${length}\r\n`;
  return Buffer.concat([Buffer.from(head), content]);
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const request = bytesOf(order);
  const sent = typeof order.body === 'number' ? order.body : 0;
  const latencies = createHistogram();
  const counts = { requests: 0, bytes: 0, failures: 0 };
  const utilization = performance.eventLoopUtilization();
  const start = performance.now();
  const isOver = (): boolean => performance.now() >= start + order.seconds * 1000;

  /** Requests on one connection until the time is over; resolves when the last has been answered. */
  const loadConnection = (): Promise<void> =>
    new Promise((resolve) => {
      const reader = new AnswerReader();
      let began = 0;
      const leave = (): void => {
        clearTimeout(late);
        socket.destroy();
        resolve();
      };
      const fail = (): void => {
        counts.failures += 1;
        leave();
      };
      const next = (): void => {
        if (isOver()) return leave();
        began = performance.now();
        socket.write(request);
      };
      const read = (size: number, buffer: Uint8Array): boolean => {
        try {
          const received = reader.read(Buffer.from(buffer.buffer, buffer.byteOffset, size));
          if (sent === 0 && !isOver()) counts.bytes += received;
          if (!reader.isWhole) return true;
        } catch {
          fail();
          return true;
        }
        if (!isOver()) {
          counts.requests += 1;
          counts.bytes += sent;
          latencies.record(Math.max(1, Math.round((performance.now() - began) * 1000)));
        }
        next();
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

  await Promise.all(Array.from({ length: order.connections }, loadConnection));
  return {
    ...counts,
    p50: latencies.percentile(50) / 1000,
    p99: latencies.percentile(99) / 1000,
    busy: performance.eventLoopUtilization(utilization).utilization,
  };
}

parentPort?.on(
  'message',
  (order: LoadOrder) => void run(order).then((result) => parentPort?.postMessage(result, [])),
);
