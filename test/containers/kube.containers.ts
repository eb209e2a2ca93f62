import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { projectFolder } from '../../scripts/containers/images.ts';
import { until } from '../support/wait.ts';
import { podman } from './container.ts';

const OFKIT = fileURLToPath(new URL('../../dist/ofkit.js', import.meta.url));
const project = projectFolder(process.env.CONTAINERS_FOLDER ?? '');

test('podman kube play of the manifests for Kubernetes serves requests', async (t) => {
  const file = join(project, 'kube.yaml');
  const args = ['generate', 'ts-http', '--target', 'kubernetes', '--output', file];
  await execa(process.execPath, [OFKIT, ...args], { cwd: project });
  t.after(() => podman('kube', 'down', file));
  const played = await podman('kube', 'play', file);
  const [, container = ''] = /^Containers?:\n(\w+)/m.exec(played) ?? [];
  const pod = await podman('inspect', '--format', '{{.Pod}}', container);
  const infra = await podman('pod', 'inspect', '--format', '{{.InfraContainerID}}', pod);
  const networks = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  const address = await podman('inspect', '--format', networks, infra);
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', headers, body: '{"name":"Ada"}' };
  const answer = await until(
    async () =>
      fetch(`http://${address}:8080/`, request).then(
        (response) => response.text(),
        () => '',
      ),
    async () => `an answer; its log: ${await podman('logs', container)}`,
  );
  assert.deepEqual(JSON.parse(answer), { message: 'Hello, Ada!' });
});
