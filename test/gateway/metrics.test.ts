import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';

test('calls are counted by function and code, and a function that is not there makes no series', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', {
    body: { service: 'f', image: 'x', labels: { 'com.openfaas.scale.min': '2' } },
  });
  await gateway.request({ path: '/function/f' });
  provider.override = ({ url }, response) => {
    if (!url.startsWith('/function/')) return false;
    response.writeHead(418).end();
    return true;
  };
  await gateway.request({ path: '/function/f' });
  await gateway.request({ path: '/function/ghost' });
  const { headers, text } = await gateway.metrics();
  assert.match(headers['content-type'] ?? '', /^text\/plain/);
  for (const line of [
    'gateway_function_invocation_total{code="200",function_name="f.openfaas-fn"} 1',
    'gateway_function_invocation_total{code="418",function_name="f.openfaas-fn"} 1',
    'gateway_function_invocation_started{function_name="f.openfaas-fn"} 2',
    'gateway_function_invocation_inflight{function_name="f.openfaas-fn"} 0',
    '# TYPE gateway_functions_seconds histogram',
    'gateway_functions_seconds_count{code="200",function_name="f.openfaas-fn"} 1',
    'gateway_service_count{function_name="f.openfaas-fn"} 1',
    'gateway_service_ready_count{function_name="f.openfaas-fn"} 1',
    'gateway_service_min{function_name="f.openfaas-fn"} 2',
    'http_requests_total{method="POST",path="/system/functions",status="202"} 1',
  ]) {
    assert.ok(text.split('\n').includes(line), `${line}\nis not in\n${text}`);
  }
  assert.match(text, /^process_resident_memory_bytes \d+$/m);
  assert.ok(!text.includes('ghost'));
});

test('paths and methods that clients make up are no series of their own', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  for (let i = 0; i < 20; i += 1) await gateway.api('GET', `/made/up/${i}`);
  for (let i = 0; i < 20; i += 1) await gateway.api('GET', `/system/function/made-up-${i}`);
  const { text } = await gateway.metrics();
  assert.equal(text.split('\n').filter((line) => line.startsWith('http_requests_total{')).length, 2);
  assert.match(
    text,
    /http_requests_total\{method="GET",path="\/system\/function\/\{name\}",status="404"\} 20/,
  );
});

test('the port of metrics asks for no login and has health; the main port has both behind the login', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  assert.equal((await gateway.metrics('/healthz')).text, 'OK');
  assert.equal((await gateway.metrics('/healthz', 'POST')).status, 405);
  assert.equal((await gateway.metrics('/other')).status, 404);
  assert.match((await gateway.api('GET', '/metrics')).text, /^# TYPE /m);
});

test('a scrape comes without the series of functions where the provider does not answer', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  provider.override = (_request, response) => {
    response.destroy();
    return true;
  };
  const { status, text } = await gateway.metrics();
  assert.equal(status, 200);
  assert.match(text, /^process_start_time_seconds /m);
  await gateway.stderr.waitFor(/Warning: Metrics of functions are missing from a scrape/);
});
