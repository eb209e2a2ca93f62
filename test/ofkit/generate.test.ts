import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { at, documents, generate } from './manifests.ts';
import { Project } from './project.ts';

const POD = 'spec template spec';

test('kubernetes: probes, grace, resources, secrets, placement and a container that may do nothing', async (t) => {
  const project = await Project.create(t);
  await project.writeStack({
    hello: `
lang: ts-http
environment: { write_timeout: 1m, healthcheck_interval: 5, port: 9000, PRICE: "$(HOME)" }
labels: { com.openfaas.scale.min: 2, team: a }
annotations: { topic: x }
secrets: [api-key, other]
constraints: [kubernetes.io/arch=arm64]
limits: { memory: 128Mi, cpu: 100m }
requests: { memory: 64Mi }
readonly_root_filesystem: true`,
  });
  const [deployment, service] = await generate(project, '--target', 'kubernetes', '-n', 'functions');
  const labels = { 'app.kubernetes.io/name': 'hello', 'com.openfaas.scale.min': '2', team: 'a' };
  assert.deepEqual(at(deployment, 'metadata'), { name: 'hello', namespace: 'functions', labels });
  assert.equal(at(deployment, 'spec replicas'), 2);
  assert.deepEqual(at(deployment, 'spec template metadata'), { labels, annotations: { topic: 'x' } });
  assert.equal(at(deployment, `${POD} terminationGracePeriodSeconds`), 70);
  assert.deepEqual(at(deployment, `${POD} nodeSelector`), { 'kubernetes.io/arch': 'arm64' });
  assert.deepEqual(at(deployment, `${POD} volumes`), [
    { name: 'tmp', emptyDir: {} },
    {
      name: 'secrets',
      projected: { sources: [{ secret: { name: 'api-key' } }, { secret: { name: 'other' } }] },
    },
  ]);
  const container = at(deployment, `${POD} containers 0`);
  assert.deepEqual(at(container, 'env'), [
    { name: 'PRICE', value: '$$(HOME)' },
    { name: 'healthcheck_interval', value: '5' },
    { name: 'port', value: '9000' },
    { name: 'write_timeout', value: '1m' },
  ]);
  assert.deepEqual(at(container, 'resources'), {
    limits: { cpu: '100m', memory: '128Mi' },
    requests: { memory: '64Mi' },
  });
  assert.deepEqual(at(container, 'securityContext'), {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  assert.deepEqual(at(container, 'volumeMounts'), [
    { name: 'tmp', mountPath: '/tmp' },
    { name: 'secrets', mountPath: '/var/openfaas/secrets', readOnly: true },
  ]);
  assert.equal(at(container, 'ports 0 containerPort'), 9000);
  assert.deepEqual(at(container, 'readinessProbe httpGet'), { path: '/_/ready', port: 'http' });
  assert.deepEqual(at(container, 'livenessProbe httpGet'), { path: '/_/health', port: 'http' });
  assert.deepEqual(at(service, 'spec'), {
    selector: { 'app.kubernetes.io/name': 'hello' },
    ports: [{ name: 'http', port: 8080, protocol: 'TCP', targetPort: 'http' }],
  });
});

test('the grace is healthcheck_interval and write_timeout, from stack.yaml, the Dockerfile or the default', async (t) => {
  const project = await Project.create(t);
  await project.write('own/Dockerfile', 'FROM scratch\nENV write_timeout=2m healthcheck_interval=1s\n');
  await project.write('env.yaml', 'environment:\n  write_timeout: 500ms\n');
  await project.writeStack({
    bundled: 'lang: ts-http',
    own: 'lang: dockerfile',
    unknown: 'lang: not-here',
    seconds: 'lang: ts-http\nenvironment: { write_timeout: 60 }',
    file: 'lang: ts-http\nenvironment: { write_timeout: 60 }\nenvironment_file: [env.yaml]',
    none: 'lang: ts-http\nenvironment: { healthcheck_interval: 0s }',
  });
  const written = await generate(project, '--target', 'compose');
  const graces = Object.fromEntries(
    ['bundled', 'own', 'unknown', 'seconds', 'file', 'none'].map((name) => [
      name,
      at(written[0], `services ${name} stop_grace_period`),
    ]),
  );
  assert.deepEqual(graces, {
    bundled: '35s',
    own: '126s',
    unknown: '65s',
    seconds: '125s',
    file: '6s',
    none: '20s',
  });
});

test('knative: concurrency, scale and the time to drain', async (t) => {
  const project = await Project.create(t);
  await project.writeStack({
    hello: `
lang: ts-http
environment: { max_inflight: 5 }
labels: { com.openfaas.scale.min: 1, com.openfaas.scale.max: 3 }`,
  });
  const [service] = await generate(project, '--target', 'knative');
  assert.deepEqual(at(service, 'metadata'), { name: 'hello', namespace: 'openfaas-fn' });
  assert.deepEqual(at(service, 'spec template metadata annotations'), {
    'autoscaling.knative.dev/max-scale': '3',
    'autoscaling.knative.dev/min-scale': '1',
  });
  assert.equal(at(service, `${POD} containerConcurrency`), 5);
  assert.equal(at(service, `${POD} timeoutSeconds`), 35);
});

test('openfaas: the text that faas-cli generate writes', async (t) => {
  const project = await Project.create(t);
  await project.writeStack({
    'url-ping': `
lang: python
environment: { write_debug: true, b: "x: y", a: 10s }
annotations: { com.scale.zero: 1 }
labels: { team: a }
limits: { memory: 40m, cpu: 100m }
secrets: [s1]
constraints: [a=b]
readonly_root_filesystem: true`,
    astronaut: 'lang: python',
  });
  const { stdout } = await project.ofkit(['generate', '--target', 'openfaas']);
  assert.equal(
    stdout,
    `---
apiVersion: openfaas.com/v1
kind: Function
metadata:
  name: astronaut
  namespace: openfaas-fn
spec:
  name: astronaut
  image: astronaut:latest
---
apiVersion: openfaas.com/v1
kind: Function
metadata:
  name: url-ping
  namespace: openfaas-fn
spec:
  name: url-ping
  image: url-ping:latest
  environment:
    a: 10s
    b: "x: y"
    write_debug: "true"
  labels:
    team: a
  annotations:
    com.scale.zero: "1"
  limits:
    memory: 40m
    cpu: 100m
  constraints:
    - a=b
  secrets:
    - s1
  readOnlyRootFilesystem: true
`,
  );
  const [blank] = await generate(project, 'astronaut', '--target', 'openfaas', '--namespace', '');
  assert.deepEqual(at(blank, 'metadata'), { name: 'astronaut' });
});

test('compose: a port each, secrets as files, units of its own, $ kept', async (t) => {
  const project = await Project.create(t);
  await project.writeStack({
    one: 'lang: ts-http\nsecrets: [key, key]\nlimits: { memory: 0.5Gi, cpu: 250m }\nenvironment: { A: "$B" }',
    two: 'lang: ts-http\nsecrets: [key]\nlimits: { memory: 100M }',
  });
  await project.ofkit(['generate', '--target', 'compose', '--port', '9000', '-o', 'deploy/compose.yaml']);
  const [file] = documents(await project.read('deploy/compose.yaml'));
  assert.deepEqual(at(file, 'secrets'), { key: { file: '../.secrets/key' } });
  assert.deepEqual(at(file, 'services one secrets'), [
    { source: 'key', target: '/var/openfaas/secrets/key' },
  ]);
  assert.deepEqual(at(file, 'services one ports'), ['127.0.0.1:9000:8080']);
  assert.deepEqual(at(file, 'services two ports'), ['127.0.0.1:9001:8080']);
  assert.deepEqual(at(file, 'services one environment'), { A: '$$B' });
  assert.deepEqual(at(file, 'services one secrets'), [
    { source: 'key', target: '/var/openfaas/secrets/key' },
  ]);
  assert.deepEqual(at(file, 'services one deploy resources limits'), { cpus: '0.25', memory: '512m' });
  assert.deepEqual(at(file, 'services two deploy resources limits'), { memory: '100000000b' });
});

test('a folder gets a file of each function, the same bytes each time', async (t) => {
  const project = await Project.create(t);
  await project.writeStack({ one: 'lang: ts-http', two: 'lang: ts-http' });
  const run = () => project.ofkit(['generate', '--target', 'kubernetes', '--output', 'manifests/']);
  const first = await run();
  assert.deepEqual(first, {
    status: 0,
    stdout: '',
    stderr: 'wrote manifests/one.yaml\nwrote manifests/two.yaml\n',
  });
  const before = await readFile(project.path('manifests/two.yaml'));
  await run();
  assert.deepEqual(await readFile(project.path('manifests/two.yaml')), before);
  assert.equal(documents(before.toString()).length, 2);
});

test('what cannot be is one line and an exit status', async (t) => {
  const project = await Project.create(t);
  const cases: readonly [lines: string, target: string, status: number, message: RegExp][] = [
    ['environment: { write_timeout: 10sec }', 'openfaas', 5, /write_timeout=10sec of hello is no duration/],
    ['environment: { write_timeout: 48h }', 'kubernetes', 5, /no duration of up to 24h/],
    ['environment: { port: http }', 'kubernetes', 5, /port=http of hello is no port/],
    ['limits: { memory: 40m }', 'compose', 5, /limits of hello\.memory: 40m is less than a byte: write 40Mi/],
    ['requests: { memory: 40m }', 'knative', 5, /requests of hello\.memory: 40m is less than a byte/],
    ['namespace: My_NS', 'kubernetes', 5, /namespace "My_NS" of hello can only contain/],
    ['limits: { memory: 12MB }', 'compose', 5, /limits of hello\.memory: 12MB is no quantity/],
    ['secrets: [../etc]', 'compose', 5, /secret "\.\.\/etc" of hello can only contain/],
    ['labels: { a: b c }', 'kubernetes', 5, /label of hello a=b c is none that Kubernetes takes/],
    [
      'labels: { com.openfaas.scale.min: few }',
      'kubernetes',
      5,
      /scale\.min=few of hello is no whole number/,
    ],
    ['constraints: [somewhere]', 'knative', 5, /constraint "somewhere" of hello cannot be read/],
    ['environment_file: [gone.yaml]', 'kubernetes', 3, /gone\.yaml of hello cannot be read/],
    [
      '',
      'swarm',
      2,
      /argument 'swarm' is invalid\. Allowed choices are kubernetes, knative, openfaas, compose/,
    ],
  ];
  for (const [lines, target, status, message] of cases) {
    await project.writeStack({ hello: `lang: ts-http\n${lines}` });
    const ended = await project.ofkit(['generate', '--target', target]);
    assert.match(ended.stderr, message);
    assert.match(ended.stderr, status === 5 ? /^ofkit: stack\.yaml line 6: .*\n$/ : /^ofkit: .*\n$/);
    assert.equal(ended.stdout, '');
    assert.equal(ended.status, status, lines);
  }
  const head = 'provider: { name: openfaas }';
  await project.write('bare.yaml', `${head}\nfunctions: { hello: { lang: ts-http, handler: ./hello } }\n`);
  const bare = await project.ofkit(['generate', '--target', 'kubernetes', '-f', 'bare.yaml']);
  assert.equal(bare.stderr, 'ofkit: bare.yaml line 2: hello has no image: name the one to run\n');
  assert.equal(bare.status, 5);
  const missing = await project.ofkit(['generate']);
  assert.equal(missing.status, 2);
  assert.match(missing.stderr, /required option '-t, --target <target>' not specified/);
  await project.write('file', '');
  await project.writeStack({ hello: 'lang: ts-http' });
  const blocked = await project.ofkit(['generate', '--target', 'compose', '-o', 'file/below.yaml']);
  assert.equal(blocked.status, 3);
  assert.match(blocked.stderr, /^ofkit: cannot write .*file\/below\.yaml: .*\n$/);
});
