import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { deploy, makeLocalImage } from '../support/local-image.ts';
import { startGateway } from '../support/of-gateway.ts';
import { until } from '../support/wait.ts';

const DOCS = path.resolve(import.meta.dirname, '../../docs');
const FOLDER = path.join(DOCS, 'grafana');
const FILES = readdirSync(FOLDER);

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly { readonly id: number; readonly targets: readonly { readonly expr: string }[] }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

function read(file: string): Dashboard {
  return JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Dashboard;
}

/** The rules of Grafana's import (its kinds/dashboard schema), as far as these dashboards use it. */
const SCHEMA = {
  type: 'object',
  required: ['uid', 'title', 'schemaVersion', 'panels', 'templating', 'time', 'refresh', 'graphTooltip'],
  properties: {
    uid: { type: 'string', maxLength: 40, pattern: '^[a-zA-Z0-9_-]+$' },
    title: { type: 'string', minLength: 1 },
    schemaVersion: { type: 'integer', minimum: 36 },
    graphTooltip: { enum: [0, 1, 2] },
    time: { type: 'object', required: ['from', 'to'] },
    templating: {
      type: 'object',
      properties: {
        list: {
          type: 'array',
          items: {
            type: 'object',
            required: ['name', 'type', 'query'],
            properties: {
              type: { enum: ['datasource', 'query'] },
              hide: { enum: [0, 1, 2] },
              refresh: { enum: [0, 1, 2] },
            },
          },
        },
      },
    },
    panels: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['id', 'type', 'title', 'gridPos', 'targets', 'fieldConfig', 'datasource'],
        properties: {
          type: { const: 'timeseries' },
          gridPos: {
            type: 'object',
            required: ['x', 'y', 'w', 'h'],
            properties: {
              x: { type: 'integer', minimum: 0, maximum: 23 },
              w: { type: 'integer', maximum: 24 },
            },
          },
          fieldConfig: {
            type: 'object',
            required: ['defaults', 'overrides'],
            properties: {
              defaults: {
                type: 'object',
                properties: { unit: { enum: ['reqps', 's', 'short', 'bytes', 'percentunit'] } },
              },
            },
          },
          targets: {
            type: 'array',
            minItems: 1,
            items: {
              type: 'object',
              required: ['refId', 'expr', 'datasource'],
              properties: {
                refId: { type: 'string', pattern: '^[A-Z]$' },
                expr: { type: 'string', minLength: 1 },
              },
            },
          },
        },
      },
    },
  },
};

test('the dashboards are what Grafana takes, each by a name of its own', () => {
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(SCHEMA);
  assert.equal(FILES.length, 4);
  for (const file of FILES) assert.ok(validate(read(file)), `${file}: ${JSON.stringify(validate.errors)}`);
  assert.equal(new Set(FILES.map((file) => read(file).uid)).size, 4);
});

test('every metric and label that they ask for is one that the gateway gives out', async (t) => {
  const gateway = await startGateway(t);
  makeLocalImage(gateway.folder, 'fn');
  await deploy(gateway, { service: 'fn', image: 'fn', labels: { 'com.openfaas.scale.type': 'rps' } });
  await gateway.request({ path: '/function/fn' });
  await gateway.request({ method: 'POST', path: '/async-function/fn/slow?ms=8000' });
  const text = await until(async () => {
    const scrape = (await gateway.metrics()).text;
    return /queue_worker_function_invocation_inflight\{/.test(scrape) && scrape;
  }, 'a queued call in the metrics');
  const labels = new Map<string, Set<string>>();
  for (const [, name = '', pairs = ''] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? /gm)) {
    const known = labels.get(name) ?? new Set(['job', 'instance']);
    labels.set(name, known);
    for (const [, label = ''] of pairs.matchAll(/(\w+)="/g)) known.add(label);
  }
  for (const file of FILES) {
    const { panels, templating } = read(file);
    const queries = [
      ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
      ...templating.list.flatMap(({ definition }) => definition ?? []),
    ];
    for (const query of queries) {
      const metrics = query.match(/\b(?:gateway|queue_worker|http|process)_\w+/g) ?? [];
      assert.ok(metrics.length > 0, `${file}: ${query} asks for no metric`);
      for (const metric of metrics) assert.ok(labels.has(metric), `${file}: ${metric} is not given out`);
      const known = new Set(metrics.flatMap((metric) => [...(labels.get(metric) ?? [])]));
      const used = [
        ...[...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/)),
        ...[...query.matchAll(/[{,](\w+)=~?"/g)].map(([, label = '']) => label),
      ];
      for (const label of used) assert.ok(known.has(label), `${file}: ${query} uses ${label}`);
      const variables = new Set([
        'datasource',
        '__rate_interval',
        ...templating.list.map(({ name }) => name),
      ]);
      for (const [, name = ''] of query.matchAll(/\$(\w+)/g))
        assert.ok(variables.has(name), `${file}: $${name}`);
    }
  }
});

test('the configuration of Prometheus asks where a gateway gives metrics out', async (t) => {
  const { scrape_configs: jobs } = parse(readFileSync(path.join(DOCS, 'prometheus.yml'), 'utf8')) as {
    scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
  };
  assert.deepEqual(
    jobs.map((job) => [job.job_name, job.static_configs[0]?.targets]),
    [['of-gateway', ['127.0.0.1:8082']]],
  );
  const gateway = await startGateway(t);
  assert.equal((await gateway.metrics()).status, 200);
});
