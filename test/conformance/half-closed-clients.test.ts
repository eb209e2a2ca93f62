// A client that ends its side of the connection behind its request, as `nc -N` does, and waits for the answer.
import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { describe, test } from 'node:test';
import { behaviour, fixture } from '../support/command.ts';
import { startForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog, type Variables, type Watchdog } from '../support/watchdog.ts';
import type { Owner } from '../support/owner.ts';

/** Watchdogs whose function waits for the file `go` in the watchdog's folder, and then answers `done`. */
const MODES: Readonly<Record<string, (owner: Owner) => Promise<Watchdog>>> = {
  streaming: (owner) => start(owner, { fprocess: behaviour('until-file.sh', 'go') }),
  serializing: (owner) => start(owner, { mode: 'serializing', fprocess: behaviour('until-file.sh', 'go') }),
  classic: (owner) => start(owner, { mode: 'classic', fprocess: behaviour('until-file.sh', 'go') }),
  inproc: (owner) => start(owner, { mode: 'inproc', handler_path: fixture('inproc/ways.cjs') }),
  'http, fast_path=true': (owner) => startHttp(owner, 'true'),
  'http, fast_path=false': (owner) => startHttp(owner, 'false'),
};

/** Requests whose path makes inproc mode's function wait for the file. */
const REQUESTS = {
  'HTTP/1.1': 'GET /until?file=go HTTP/1.1\r\nHost: x\r\n\r\n',
  'HTTP/1.0': 'GET /until?file=go HTTP/1.0\r\nHost: x\r\n\r\n',
};

function start(owner: Owner, variables: Variables): Promise<Watchdog> {
  return startWatchdog(owner, variables);
}

/** Watchdogs whose function answers `begin` at once, and `done` once the file `go` is there. */
const STREAMS: Readonly<Record<string, (owner: Owner) => Promise<Watchdog>>> = {
  streaming: (owner) => start(owner, { fprocess: behaviour('begin-until-file.sh', 'go') }),
  inproc: (owner) => start(owner, { mode: 'inproc', handler_path: fixture('inproc/ways.cjs') }),
  'http, fast_path=true': (owner) => startHttp(owner, 'true', 'begin'),
  'http, fast_path=false': (owner) => startHttp(owner, 'false', 'begin'),
};

let answers: (() => void)[] = [];

async function startHttp(owner: Owner, fastPath: string, first?: string): Promise<Watchdog> {
  const handler: RequestListener = (_request, response) => {
    if (first !== undefined) response.write(first);
    answers.push(() => response.end('done'));
  };
  return (await startForwarding(owner, handler, { fast_path: fastPath })).watchdog;
}

for (const [name, startMode] of Object.entries(MODES)) {
  describe(name, { concurrency: 1 }, () => {
    for (const [version, request] of Object.entries(REQUESTS)) {
      test(`a slow answer reaches a half-closed client of ${version}`, async (t) => {
        answers = [];
        const watchdog = await startMode(t);
        const connection = await watchdog.connect();
        connection.send(request);
        connection.end();
        if (version === 'HTTP/1.1') await connection.waitFor(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
        else await until(async () => /in_flight 1$/m.test(await watchdog.metrics()), 'the request');
        watchdog.makeFile('go');
        await until(() => !name.startsWith('http') || answers.length > 0, 'the function to have it');
        for (const answer of answers) answer();
        await connection.waitFor(/done/);
        await connection.waitClosed();
        assert.match(connection.received, /HTTP\/1\.1 200 OK\r\n/);
        assert.match(connection.received, /^Connection: close\r$/m);
      });
    }

    test('a client that has gone is told from one that reads', async (t) => {
      answers = [];
      const watchdog = await startMode(t);
      const connection = await watchdog.connect();
      await connection.flush(REQUESTS['HTTP/1.1']);
      connection.destroy();
      await watchdog.stderr.waitFor(/GET \/until\?file=go - 499/);
      await until(
        () => name.startsWith('http') || watchdog.leftovers().length === 0,
        'no process to be left',
      );
    });
  });
}

for (const [name, startMode] of Object.entries(STREAMS)) {
  test(`${name}: the rest of a response in chunks reaches a client that ends its side in the middle`, async (t) => {
    answers = [];
    const watchdog = await startMode(t);
    const connection = await watchdog.connect();
    connection.send('GET /begin-until?file=go HTTP/1.1\r\nHost: x\r\n\r\n');
    await connection.waitFor(/begin/);
    connection.end();
    await connection.waitFor(/\r\n0$/); // the size of the next chunk begins
    watchdog.makeFile('go');
    for (const answer of answers) answer();
    await connection.waitFor(/\r\n0[45]\r\ndone\n?\r\n0\r\n\r\n$/);
    await connection.waitClosed();
  });

  test(`${name}: a client that has gone in the middle of a response in chunks is noticed`, async (t) => {
    answers = [];
    const watchdog = await startMode(t);
    const connection = await watchdog.connect();
    connection.send('GET /begin-until?file=go HTTP/1.1\r\nHost: x\r\n\r\n');
    await connection.waitFor(/begin/);
    connection.destroy();
    await watchdog.stderr.waitFor(/GET \/begin-until\?file=go - 499/);
  });
}

test('a response in HTTP/1.0 that begins at once reaches a client that ends its side behind its request', async (t) => {
  const watchdog = await start(t, { mode: 'inproc', handler_path: fixture('inproc/ways.cjs') });
  const connection = await watchdog.connect();
  connection.send('GET /begin-then-sleep?ms=1200 HTTP/1.0\r\n\r\n');
  connection.end();
  await connection.waitFor(/begindone$/);
  await connection.waitClosed();
});

for (const fastPath of ['true', 'false']) {
  test(`http, fast_path=${fastPath}: so does one with a length in HTTP/1.1`, async (t) => {
    const handler: RequestListener = (_request, response) => {
      response.writeHead(200, { 'content-length': 9 });
      response.write('begin');
      // longer than a client is watched that may have gone
      const timer = setTimeout(() => response.end('done'), 1200);
      response.on('close', () => clearTimeout(timer));
    };
    const { watchdog } = await startForwarding(t, handler, { fast_path: fastPath });
    const connection = await watchdog.connect();
    connection.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await connection.waitFor(/begin$/); // an end before that is proven by the bytes that follow it
    connection.end();
    await connection.waitFor(/begindone$/);
    await connection.waitClosed();
  });
}
