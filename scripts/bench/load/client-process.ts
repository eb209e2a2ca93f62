import { connect, type Socket } from 'node:net';
import { createHistogram, performance } from 'node:perf_hooks';
import { AnswerReader } from './answer-reader.ts';
import type { LoadOrder, LoadResult } from './client.ts';

/** How long requests under way may still take after the time, in milliseconds; they are no longer counted. */
const GRACE = 10_000;

function bytesOf({ path, port, body, type }: LoadOrder): Buffer {
  const content = typeof body === 'number' ? Buffer.alloc(body, 'x') : Buffer.from(body ?? '');
  const method = body === undefined ? 'GET' : 'POST';
  const length = body === undefined ? '' : `Content-Length: ${content.length}\r\n`;
  const kind = type === undefined ? '' : `Content-Type: ${type}\r\n`;
  const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${kind}${length}\r\n`;
  return Buffer.concat([Buffer.from(head), content]);
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const request = bytesOf(order);
  const sent = typeof order.body === 'number' ? order.body : 0;
  const latencies = createHistogram();
  let [requests, bytes, failures] = [0, 0, 0];
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + order.seconds * 1000;
  const isOver = (): boolean => performance.now() >= end;

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
        failures += 1;
        leave();
      };
      const next = (): void => {
        if (isOver()) return leave();
        began = performance.now();
        socket.write(request);
      };
      const read = (size: number, buffer: Uint8Array): void => {
        const received = reader.read(Buffer.from(buffer.buffer, buffer.byteOffset, size));
        if (sent === 0 && !isOver()) bytes += received;
        if (!reader.isWhole) return;
        if (!isOver()) {
          requests += 1;
          bytes += sent;
          latencies.record(Math.max(1, Math.round((performance.now() - began) * 1000)));
        }
        next();
      };
      const callback = (size: number, buffer: Uint8Array): boolean => {
        try {
          read(size, buffer);
        } catch {
          fail();
        }
        return true;
      };
      const onread = { buffer: Buffer.alloc(262_144), callback };
      const socket: Socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true, onread });
      const late = setTimeout(fail, order.seconds * 1000 + GRACE);
      socket.on('connect', next).on('error', fail).on('end', fail);
    });

  await Promise.all(Array.from({ length: order.connections }, loadConnection));
  const [p50, p99] = [latencies.percentile(50) / 1000, latencies.percentile(99) / 1000];
  const [rate, byteRate] = [requests / order.seconds, bytes / order.seconds];
  const { user, system } = process.cpuUsage(cpu);
  const generatorCpu = (user + system) / 1000 / (performance.now() - start);
  return { requests, bytes, failures, rate, byteRate, p50, p99, tail: p99 / p50, generatorCpu };
}

process.on('message', async (order: LoadOrder) => process.send?.(await run(order)));
