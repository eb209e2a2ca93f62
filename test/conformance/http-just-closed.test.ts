import assert from 'node:assert/strict';
import type net from 'node:net';
import { describe, test } from 'node:test';
import type { Owner } from '../support/owner.ts';
import { countOf, onRequest } from '../support/raw-requests.ts';
import { unreadBytesAt } from '../support/tcp-table.ts';
import { IDLE } from '../support/command.ts';
import { startRawUpstream } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog, type Watchdog } from '../support/watchdog.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];
const ROUNDS = 8;

interface Function {
  readonly watchdog: Watchdog;
  readonly port: number;
  /** Request lines, in the order in which the function carried them out. */
  readonly lines: string[];
  /** Connections whose last request was answered. */
  readonly idle: Set<net.Socket>;
}

async function startFunction(owner: Owner): Promise<Function> {
  const lines: string[] = [];
  const idle = new Set<net.Socket>();
  const upstream = await startRawUpstream(owner, (socket) => {
    socket.on('end', () => socket.end());
    socket.on('close', () => idle.delete(socket));
    onRequest(socket, (line) => {
      lines.push(line);
      idle.delete(socket);
      socket.write(ANSWER, () => idle.add(socket));
    });
  });
  const watchdog = await startWatchdog(owner, { mode: 'http', fprocess: IDLE, upstream_url: upstream.url });
  return { watchdog, port: Number(new URL(upstream.url).port), lines, idle };
}

/** A paused socket is read on by Node until its buffer is full; the handle alone stops at once. */
function stopReading(socket: net.Socket): void {
  (socket as unknown as { _handle: { readStop(): void } | null })._handle?.readStop();
}

function requestText(method: string, path: string): string {
  const body = method === 'GET' || method === 'DELETE' ? '' : 'body';
  const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nHost: x\r\n${length}\r\n${body}`;
}

function assertNoneTwice(lines: readonly string[]): void {
  for (const [line, count] of countOf(lines)) {
    if (/^(POST|PATCH) /.test(line)) assert.equal(count, 1, `${line} was carried out ${count} times`);
  }
}

describe(
  'a kept-alive connection that the function closes just as a request comes',
  { concurrency: 2 },
  () => {
    for (const fast_path of ['true', 'false']) {
      test(`POSTs to a function that ends its side behind every third answer, and reads on, fast_path=${fast_path}`, async (t) => {
        const lines: string[] = [];
        const upstream = await startRawUpstream(t, (socket) => {
          let answers = 0;
          socket.on('error', () => undefined);
          onRequest(socket, (line) => {
            if (answers === 3) return; // it reads, and answers no more
            lines.push(line);
            socket.write(ANSWER);
            answers += 1;
            if (answers === 3) socket.end();
          });
        });
        const variables = { mode: 'http', fprocess: IDLE, upstream_url: upstream.url, fast_path };
        const watchdog = await startWatchdog(t, variables);
        const connection = await watchdog.connect();
        const paths = Array.from({ length: 30 }, (_none, at) => `/${at}`);
        connection.send(paths.map((path) => requestText('POST', path)).join(''));
        await connection.waitForTimes('HTTP/1.1 200 OK', paths.length);
        assert.deepEqual(
          lines.map((line) => line.split(' ')[1]),
          paths,
        );
      });
    }

    for (const fast_path of ['true', 'false']) {
      test(`POSTs to a function that ends its side where a fourth request comes, whenever that is, fast_path=${fast_path}`, async (t) => {
        const lines: string[] = [];
        const upstream = await startRawUpstream(t, (socket) => {
          let requests = 0;
          socket.on('error', () => undefined);
          onRequest(socket, (line) => {
            requests += 1;
            lines.push(line);
            if (requests <= 3) socket.write(ANSWER);
            else socket.end();
          });
        });
        const variables = { mode: 'http', fprocess: IDLE, upstream_url: upstream.url, fast_path };
        const watchdog = await startWatchdog(t, variables);
        const statuses: number[] = [];
        for (let round = 0; round < 60; round += 1) {
          const { status } = await watchdog.request({ method: 'POST', path: `/${round}`, body: 'body' });
          statuses.push(status);
        }
        // The habit is learned from two connections that end so; how soon there have been two depends on speed.
        const lost = statuses.filter((status) => status !== 200);
        assert.ok(lost.length <= 2, `it was not learned: ${statuses.join(' ')}`);
        assertNoneTwice(lines);
      });
    }

    for (const method of METHODS) {
      test(`${method}, sent when the close was on its way already`, async (t) => {
        const { watchdog, lines, idle } = await startFunction(t);
        const connection = await watchdog.connect();
        let answers = 0;
        const served = async (): Promise<void> => {
          answers += 1;
          await connection.waitForTimes('200 OK', answers);
        };
        for (let round = 0; round < ROUNDS; round += 1) {
          connection.send(requestText('GET', `/before/${round}`));
          await served();
          await until(() => idle.size > 0, 'an idle connection');
          // The watchdog sleeps: when it wakes up it finds the request first, and the close behind it.
          watchdog.kill('SIGSTOP');
          await connection.flush(requestText(method, `/raced/${round}`));
          for (const socket of idle) socket.destroy();
          watchdog.kill('SIGCONT');
          await served().catch((error: Error) => assert.fail(`round ${round}: ${error.message}`));
        }
        assert.equal(new Set(lines.filter((line) => line.includes('/raced/'))).size, ROUNDS);
        assertNoneTwice(lines);
      });

      test(`${method}, which the function has not read when it closes`, async (t) => {
        const { watchdog, port, lines, idle } = await startFunction(t);
        for (let round = 0; round < ROUNDS; round += 1) {
          assert.equal((await watchdog.request({ path: `/before/${round}` })).status, 200);
          await until(() => idle.size > 0, 'an idle connection');
          const closing = [...idle];
          for (const socket of closing) stopReading(socket);
          const body = method === 'GET' || method === 'DELETE' ? {} : { body: 'body' };
          let isAnswered = false;
          const raced = watchdog.request({ method, path: `/raced/${round}`, ...body });
          void raced.then(() => (isAnswered = true));
          const isThere = (): boolean =>
            isAnswered || unreadBytesAt(port) > 0 || lines.some((line) => line.includes(`/raced/${round} `));
          await until(isThere, 'the request to arrive');
          for (const socket of closing) socket.destroy();
          const answer = await raced;
          assert.deepEqual([answer.status, answer.text], [200, 'ok'], `round ${round}`);
        }
        assertNoneTwice(lines);
      });
    }
  },
);
