import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { parseMetrics } from '../support/metrics.ts';
import { request } from '../support/request.ts';
import { startForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog, type Watchdog } from '../support/watchdog.ts';

const BUCKETS = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf'];

async function metricsOf(watchdog: Watchdog): Promise<Map<string, number>> {
  return parseMetrics(await watchdog.metrics());
}

describe('metrics of requests', { concurrency: 3 }, () => {
  test('are counted by code and method, in today’s names, labels and buckets', async (t) => {
    const { watchdog } = await startForwarding(t, (incoming, response) => {
      response.statusCode = incoming.url === '/missing' ? 404 : 200;
      response.end();
    });
    await watchdog.request();
    await watchdog.request();
    await watchdog.request({ method: 'POST', body: 'x' });
    await watchdog.request({ path: '/missing' });
    const text = await watchdog.metrics();
    const metrics = parseMetrics(text);
    assert.equal(metrics.get('http_requests_total{code="200",method="get"}'), 2);
    assert.equal(metrics.get('http_requests_total{code="200",method="post"}'), 1);
    assert.equal(metrics.get('http_requests_total{code="404",method="get"}'), 1);
    assert.equal(metrics.get('http_requests_in_flight'), 0);
    const bounds = [...text.matchAll(/_bucket\{code="200",method="get",le="([^"]+)"\}/g)].map(
      (match) => match[1],
    );
    assert.deepEqual(bounds, BUCKETS);
    assert.equal(metrics.get('http_request_duration_seconds_bucket{code="200",method="get",le="+Inf"}'), 2);
    assert.equal(metrics.get('http_request_duration_seconds_count{code="200",method="get"}'), 2);
    assert.ok((metrics.get('http_request_duration_seconds_sum{code="200",method="get"}') ?? 0) > 0);
    for (const name of ['http_requests_total counter', 'http_request_duration_seconds histogram']) {
      assert.ok(text.includes(`# TYPE ${name}\n`), name);
    }
  });

  test('a request that takes its time lies in the bucket of that time', async (t) => {
    const { watchdog } = await startForwarding(
      t,
      (_incoming, response) => void setTimeout(() => response.end(), 60),
    );
    await watchdog.request();
    const metrics = await metricsOf(watchdog);
    assert.equal(metrics.get('http_request_duration_seconds_bucket{code="200",method="get",le="0.05"}'), 0);
    assert.equal(metrics.get('http_request_duration_seconds_bucket{code="200",method="get",le="10"}'), 1);
  });

  test('failures are counted with their status, those of a client that went away with 499', async (t) => {
    const { watchdog } = await startForwarding(t, (incoming, response) => {
      if (incoming.url === '/cut') response.write('abc', () => response.destroy());
      else if (incoming.url === '/die') response.destroy();
    });
    await watchdog.request({ path: '/hang', headers: { 'x-timeout': '300ms' } });
    await watchdog.request({ path: '/cut', method: 'POST' });
    await watchdog.request({ path: '/die', method: 'PUT', body: 'x' });
    const connection = await watchdog.connect();
    await connection.flush('DELETE /hang HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(async () => (await metricsOf(watchdog)).get('http_requests_in_flight') === 1, 'the request');
    connection.destroy();
    await until(async () => (await metricsOf(watchdog)).get('http_requests_in_flight') === 0, 'its end');
    const metrics = await metricsOf(watchdog);
    assert.equal(metrics.get('http_requests_total{code="504",method="get"}'), 1);
    assert.equal(metrics.get('http_requests_total{code="500",method="post"}'), 1);
    assert.equal(metrics.get('http_requests_total{code="500",method="put"}'), 1);
    assert.equal(metrics.get('http_requests_total{code="499",method="delete"}'), 1);
  });

  test('those in flight are told while they are', async (t) => {
    const held: ServerResponse[] = [];
    const { watchdog } = await startForwarding(t, (_incoming, response) => void held.push(response));
    const slow = [watchdog.request(), watchdog.request(), watchdog.request()];
    await until(() => held.length === 3, 'three requests');
    const metrics = await metricsOf(watchdog);
    assert.equal(metrics.get('http_requests_in_flight'), 3);
    assert.equal(metrics.get('function_open_requests'), 3);
    for (const response of held) response.end();
    await Promise.all(slow);
    assert.equal((await metricsOf(watchdog)).get('http_requests_in_flight'), 0);
  });

  test('a flood of made-up methods does not make a flood of lines', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat' });
    for (let round = 0; round < 30; round += 1) {
      await watchdog.exchange(`MADEUP${round} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    }
    const lines = [...(await metricsOf(watchdog)).keys()].filter((line) =>
      line.startsWith('http_requests_total'),
    );
    assert.ok(lines.length <= 2, lines.join(' '));
  });
});

describe('metrics of processes', { concurrency: 3 }, () => {
  test('http mode: of the function, its children with it', async (t) => {
    const { watchdog } = await startForwarding(t, undefined, {
      fprocess: `sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; sleep 600'`,
    });
    await until(
      async () => ((await metricsOf(watchdog)).get('function_cpu_seconds_total') ?? 0) > 0,
      'CPU time',
    );
    const metrics = await metricsOf(watchdog);
    assert.ok((metrics.get('function_resident_memory_bytes') ?? 0) > 100_000);
    assert.equal(metrics.get('function_starts_total'), 1);
    assert.equal(metrics.get('function_open_requests'), 0);
  });

  test('the modes with a process per request: forks are counted, and their time', async (t) => {
    for (const mode of ['streaming', 'serializing', 'classic']) {
      const watchdog = await startWatchdog(t, {
        mode,
        fprocess: `sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'`,
      });
      for (let round = 0; round < 3; round += 1) await watchdog.request();
      const metrics = await metricsOf(watchdog);
      assert.equal(metrics.get('function_starts_total'), 3, mode);
      assert.ok((metrics.get('function_cpu_seconds_total') ?? 0) > 0, mode);
    }
  });

  test('of the watchdog itself', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat' });
    const metrics = await metricsOf(watchdog);
    assert.ok((metrics.get('process_cpu_seconds_total') ?? 0) > 0);
    assert.ok((metrics.get('process_resident_memory_bytes') ?? 0) > 10 << 20);
    assert.ok((metrics.get('process_open_fds') ?? 0) > 5);
    const started = metrics.get('process_start_time_seconds') ?? 0;
    assert.ok(Math.abs(started - Date.now() / 1000) < 120, String(started));
  });
});

describe('the metrics port', { concurrency: 3 }, () => {
  test('serves /metrics in Prometheus’s format, and nothing else', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat' });
    const answer = await request(watchdog.metricsPort, { path: '/metrics' });
    assert.equal(answer.status, 200);
    assert.match(String(answer.headers['content-type']), /^text\/plain; version=0\.0\.4/);
    assert.equal((await request(watchdog.metricsPort, { path: '/other' })).status, 404);
    assert.equal((await request(watchdog.metricsPort, { path: '/metrics?x=1' })).status, 200);
  });

  test('the function’s port does not serve them', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'echo function' });
    assert.equal((await watchdog.request({ path: '/metrics' })).text, 'function\n');
  });

  test('is served on while the watchdog drains', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat', healthcheck_interval: '3s' });
    watchdog.kill('SIGTERM');
    await watchdog.stderr.waitFor(/SIGTERM/);
    assert.match(await watchdog.metrics(), /^http_requests_in_flight 0$/m);
  });
});
