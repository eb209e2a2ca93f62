import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documents, generate, validate } from './manifests.ts';
import { Project } from './project.ts';

const PLAIN = 'lang: node24';

const EVERYTHING = `
lang: ts-http
fprocess: node index.js
namespace: staging
environment:
  write_timeout: 1m30s
  max_inflight: 5
  jwt_auth: true
  empty: ""
  yes: off
labels:
  com.openfaas.scale.min: 2
  com.openfaas.scale.max: 4
annotations:
  topic: a b
secrets: [api-key, db.password]
constraints: ["kubernetes.io/arch == arm64", zone=a]
limits: { memory: 128Mi, cpu: 100m }
requests: { memory: 64Mi, cpu: "0.05" }
readonly_root_filesystem: true
`;

for (const target of ['kubernetes', 'knative', 'compose']) {
  test(`${target}: what is written is valid against the published schema, and JSON says the same`, async (t) => {
    const project = await Project.create(t);
    await project.writeStack({ plain: PLAIN, everything: EVERYTHING });
    const written = await generate(project, '--target', target);
    assert.equal(written.length, { kubernetes: 4, knative: 2, compose: 1 }[target]);
    for (const document of written) validate(document);
    const { stdout } = await project.ofkit(['generate', '--target', target, '--json']);
    const json = JSON.parse(stdout) as { items?: unknown[] };
    assert.deepEqual(json.items ?? [json], written);
  });
}

test('the schemas find what is wrong', async (t) => {
  const project = await Project.create(t);
  await project.writeStack({ plain: PLAIN });
  const wrong: readonly [target: string, right: string, changed: string][] = [
    ['kubernetes', 'replicas: 1', 'replicas: one'],
    ['kubernetes', 'targetPort: http', 'targetPort: [http]'],
    ['knative', 'timeoutSeconds: 35', 'timeoutSeconds: 35s'],
    ['compose', 'restart: unless-stopped', 'restarts: always'],
  ];
  for (const [target, right, changed] of wrong) {
    const { stdout } = await project.ofkit(['generate', '--target', target]);
    assert.ok(stdout.includes(right), `${target} without ${right}`);
    assert.throws(() => documents(stdout.replace(right, changed)).forEach(validate), `${target}: ${changed}`);
  }
});
