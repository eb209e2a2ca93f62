import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { at, generate } from './manifests.ts';
import { makeRepository, Project } from './project.ts';

test('environment_file takes the lines of docker --env-file beside YAML', async (t) => {
  const project = await Project.create(t);
  await project.writeStack({ one: 'lang: plain\nenvironment_file: [a.yml, b.env]' });
  await project.write('a.yml', 'environment:\n  A: yaml\n  B: yaml\n');
  await project.write(
    'b.env',
    '\uFEFF# mine\r\n\r\n  B="quoted" # all of it\r\nURL=http://x/?a=b: c\r\nEMPTY=\r\nHERE\r\nGONE\r\n',
  );
  const { status, stdout, stderr } = await project.ofkit(['generate', '-t', 'openfaas', '--json'], {
    HERE: 'host',
  });
  assert.equal(status, 0, stderr);
  assert.deepEqual(JSON.parse(stdout).items[0].spec.environment, {
    A: 'yaml',
    B: '"quoted" # all of it',
    EMPTY: '',
    HERE: 'host',
    URL: 'http://x/?a=b: c',
  });
  await project.write('b.env', 'A=1\nexport B=2\n');
  const bad = await project.ofkit(['generate', '-t', 'openfaas']);
  assert.deepEqual(
    [bad.status, /b\.env line 2: "export B" is no name/.test(bad.stderr)],
    [5, true],
    bad.stderr,
  );
});

test("Swarm's constraints become labels of Kubernetes, or a note", async (t) => {
  const project = await Project.create(t);
  const all = '"node.platform.os == linux", "node.platform.arch==x86_64", "node.labels.disk == ssd", "a=b"';
  await project.writeStack({ one: `lang: plain\nconstraints: [${all}]` });
  const [deployment] = await generate(project, '--target', 'kubernetes');
  assert.deepEqual(at(deployment, 'spec template spec nodeSelector'), {
    a: 'b',
    disk: 'ssd',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/os': 'linux',
  });
  await project.writeStack({
    one: 'lang: plain\nconstraints: ["node.role == worker", "node.hostname != x", "engine.labels.os == ubuntu 24.04"]',
  });
  for (const target of ['kubernetes', 'knative']) {
    const { status, stdout, stderr } = await project.ofkit(['generate', '-t', target]);
    assert.equal(status, 0);
    assert.match(stderr, /note: constraint "node\.role == worker" of one is left out/);
    assert.match(stderr, /note: constraint "node\.hostname != x"/);
    assert.match(stderr, /note: constraint "engine\.labels\.os == ubuntu 24\.04"/);
    assert.doesNotMatch(stdout, /nodeSelector/);
  }
});

test('a folder among templates whose name has blanks is told of', async (t) => {
  const project = await Project.create(t);
  const repository = await makeRepository(t, async (at) => {
    for (const name of ['my template', 'good']) {
      await mkdir(join(at, 'template', name), { recursive: true });
      await writeFile(join(at, 'template', name, 'template.yml'), 'language: x\n');
    }
  });
  const { status, stdout, stderr } = await project.ofkit(['template', 'pull', repository]);
  assert.deepEqual([status, stdout], [0, 'Wrote 1 template(s) to template/: good\n']);
  assert.match(stderr, /note: "my template" of .* is left out/);
});

test('git+ssh URLs go to git as it knows them', async (t) => {
  const project = await Project.create(t);
  for (const [given, known] of [
    ['git+ssh://git@example.com/a/b.git#v1', 'ssh://git@example.com/a/b.git'],
    ['git+ssh://git@example.com:a/b.git', 'git@example.com:a/b.git'],
    ['git+ssh://git:key@example.com/a/b.git', 'ssh://example.com/a/b.git'],
    ['git+ssh://git@example.com:2222/a/b.git', 'ssh://git@example.com:2222/a/b.git'],
    ['git+https://example.com/a/b', 'https://example.com/a/b'],
  ]) {
    const { status, stderr } = await project.ofkit(['template', 'pull', given ?? ''], {
      GIT_SSH_COMMAND: 'false',
      https_proxy: 'http://127.0.0.1:1',
    });
    assert.equal(status, 7, stderr);
    assert.ok(stderr.includes(`cannot clone ${known}`), stderr);
  }
});
