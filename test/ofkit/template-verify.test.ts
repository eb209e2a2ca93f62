import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Project, ROOT } from './project.ts';

interface Finding {
  readonly template: string;
  readonly rule: string;
  readonly message: string;
  readonly output?: string;
}

async function findings(project: Project, ...args: string[]): Promise<Finding[]> {
  const { stdout } = await project.ofkit(['template', 'verify', '--json', ...args]);
  return JSON.parse(stdout) as Finding[];
}

test(
  'the templates of this repository keep every rule, and their handlers run',
  { timeout: 110_000 },
  async (t) => {
    const project = await Project.create(t);
    const { status, stdout, stderr } = await project.ofkit(['template', 'verify', join(ROOT, 'templates')]);
    assert.equal(status, 0, stdout + stderr);
    assert.equal(stdout.match(/^✔ /gm)?.length, 7);
  },
);

/** A Dockerfile that keeps the rules. One change breaks each rule. */
const KEEPS = `ARG WATCHDOG=example.com/watchdog:1
ARG NODE=node:24-alpine
FROM \${WATCHDOG} AS watchdog
FROM \${NODE} AS build
WORKDIR /home/app
COPY index.js ./
COPY function ./function
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \\
  if [ -f package-lock.json ]; then npm ci; else npm install; fi
RUN npm test && npm prune --omit=dev
FROM \${NODE} AS ship
COPY --from=watchdog /fwatchdog /usr/bin/fwatchdog
COPY --from=build /home/app /home/app
WORKDIR /home/app
USER 1000:1000
ENV fprocess="node index.js" mode="http" upstream_url="http://127.0.0.1:3000"
HEALTHCHECK --interval=3s CMD [ -e /tmp/.lock ] || exit 1
CMD ["fwatchdog"]
`;

const breaches: readonly [rule: string, from: string | RegExp, to: string, message: RegExp][] = [
  ['base-argument', /\$\{(?:NODE|WATCHDOG)\}/g, 'node:24', /no FROM takes its image from an ARG/],
  [
    'watchdog',
    'COPY --from=watchdog',
    'COPY --from=example.com/watchdog:1',
    /line 12 copies it from elsewhere/,
  ],
  ['watchdog', '=example.com/watchdog:1', '', /copies it from elsewhere/],
  ['non-root', 'USER 1000:1000', 'USER root', /its USER is root/],
  ['non-root', 'USER 1000:1000\n', '', /the last stage sets no USER/],
  ['no-distribution-packages', 'RUN npm test', 'RUN apk add curl && npm test', /line 10 installs one/],
  ['npm-ci', 'npm ci', 'npm i', /line 8 installs without npm ci/],
  ['no-dev-dependencies', ' && npm prune --omit=dev', '', /nothing is installed with --omit=dev/],
  ['no-npm-cache', 'USER 1000', 'RUN npm rebuild\nUSER 1000', /runs npm in the last stage/],
  [
    'registry-secret',
    /--mount=type=secret,id=npmrc,target=\/root\/.npmrc \\\n/,
    '',
    /line 8 installs without --mount/,
  ],
  [
    'registry-secret',
    'COPY function',
    'COPY .npmrc /root/\nCOPY function',
    /line 7 copies \.npmrc into a layer/,
  ],
  ['tests-run', 'RUN npm test && ', 'RUN ', /no RUN calls npm test/],
  ['healthcheck', '[ -e /tmp/.lock ] || exit 1', 'curl localhost', /line 17 does not read the lock-file/],
  ['healthcheck', /HEALTHCHECK.*\n/, '', /has no HEALTHCHECK/],
  ['starts-watchdog', 'CMD ["fwatchdog"]', 'CMD ["node"]', /neither CMD nor ENTRYPOINT names it/],
  ['multi-stage', /FROM[^]*(?=FROM)/, '', /it has 1 stage/],
];

test('a Dockerfile that keeps the rules has no finding', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.write('template/plain/Dockerfile', KEEPS);
  assert.deepEqual(await findings(project, '--no-run'), []);
});

test('verify finds each breach of the rules for a Dockerfile', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  for (const [index, [, from, to]] of breaches.entries()) {
    const broken = KEEPS.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'g'), to);
    assert.notEqual(broken, KEEPS);
    const template = `template/broken-${index}`;
    await cp(project.path('template/plain'), project.path(template), { recursive: true });
    await project.write(`${template}/Dockerfile`, broken);
  }
  const found = await findings(project, '--no-run');
  for (const [index, [rule, , , message]] of breaches.entries()) {
    await t.test(`${rule}: ${message.source}`, () => {
      const own = found.filter(({ template }) => template === `broken-${index}`);
      assert.match(own.find((finding) => finding.rule === rule)?.message ?? JSON.stringify(own), message);
    });
  }
});

test('verify finds what lacks in template.yml and beside it', async (t) => {
  const project = await Project.create(t);
  await project.write('template/empty/template.yml', '{}');
  await project.write('template/none/README', '');
  await project.write(
    'template/long/template.yml',
    `language: a\nfprocess: b\nwelcome_message: |\n${'  x\n'.repeat(6)}`,
  );
  const { status, stdout, stderr } = await project.ofkit(['template', 'verify', '--no-run', '--json']);
  assert.equal(status, 12, stderr);
  const found = (JSON.parse(stdout) as Finding[]).map(({ template, rule }) => `${template} ${rule}`);
  const always = ['handler-folder', 'dockerfile', 'dockerignore'];
  assert.deepEqual(found, [
    ...['language', 'fprocess', 'welcome-message', ...always].map((rule) => `empty ${rule}`),
    ...['welcome-message', ...always].map((rule) => `long ${rule}`),
    'none template-yml',
  ]);
});

test('verify finds a handler whose tests fail, which does not start or which answers with an error', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  const handler = 'template/plain/function/handler.js';
  const run = async (): Promise<Finding | undefined> => {
    return (await findings(project, 'template/plain')).find(({ rule }) => rule === 'handler-runs');
  };
  assert.equal(await run(), undefined);
  await project.write(handler, "module.exports = () => { throw new Error('no'); };");
  assert.match((await run())?.message ?? '', /its handler answers GET \/ with 500/);
  await project.write(handler, "throw new Error('broken at its start');");
  assert.match((await run())?.output ?? '', /broken at its start/);
  await project.write(
    'template/plain/function/package.json',
    '{ "scripts": { "test": "echo wrong && exit 1" } }',
  );
  const failed = await run();
  assert.deepEqual([failed?.message, failed?.output], ['its tests fail', 'wrong']);
});
