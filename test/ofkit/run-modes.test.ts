import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFunction } from './dockerfile-function.ts';
import { Project } from './project.ts';

const IMAGE = 'ghcr.io/openfaas/classic-watchdog:0.3.4';

const dockerfiles: readonly [what: string, text: string, mode: string, why: RegExp][] = [
  [
    'a stage of its image',
    `FROM ${IMAGE} AS watchdog\nFROM x\nCOPY --from=watchdog /fwatchdog /usr/bin/\n`,
    'classic',
    /classic-watchdog:0\.3\.4, line 3/,
  ],
  [
    'an argument',
    `ARG W=${IMAGE}\nFROM --platform=$P \${W} as watchdog\nFROM x\nCOPY --from=watchdog /fwatchdog /usr/bin/\n`,
    'classic',
    /line 4/,
  ],
  ['its image, named in COPY', `FROM x\nCOPY --from=${IMAGE} /fwatchdog /usr/bin/\n`, 'classic', /line 2/],
  [
    'the number of a stage',
    `FROM ${IMAGE}\nFROM x\nCOPY --from=0 /fwatchdog /usr/bin/\n`,
    'classic',
    /line 3/,
  ],
  [
    'a download',
    'FROM x\nRUN curl -sSL https://github.com/openfaas/faas/releases/download/0.18.10/fwatchdog > /usr/bin/fwatchdog\n',
    'classic',
    /line 2/,
  ],
  [
    'of-watchdog',
    'FROM ghcr.io/openfaas/of-watchdog:0.10.1 AS watchdog\nFROM x\nCOPY --from=watchdog /fwatchdog /usr/bin/\n',
    'streaming',
    /default/,
  ],
  [
    'another mode beside it',
    `FROM ${IMAGE} AS watchdog\nFROM x\nCOPY --from=watchdog /fwatchdog /usr/bin/\nENV mode=serializing\n`,
    'serializing',
    /ENV of the Dockerfile/,
  ],
];

test('a server of its own is told to be one', async (t) => {
  const running = await runFunction(t, {
    dockerfile: 'FROM node:20\nCOPY src .\nENV mode=streaming\nCMD ["node", "server.js"]\n',
  });
  assert.equal(await running.call('one'), 'server.js');
  const { mode } = await running.until('ready');
  assert.equal(mode, 'mode=http: a server of its own without a watchdog, at the port in PORT');
});

for (const [what, text, mode, why] of dockerfiles) {
  test(`the mode is told, and classic for the classic watchdog: ${what}`, async (t) => {
    const project = await Project.create(t);
    await project.useTemplates('dockerfile');
    await project.writeStack({ one: 'lang: dockerfile' });
    await project.write('one/Dockerfile', `${text}ENV fprocess="sh -c 'cat; exit 3'"\n`);
    const running = project.start(['run', '--json', '-p', '0']);
    const { url = '', mode: told = '' } = await running.until('ready');
    assert.ok(told.startsWith(`mode=${mode}: `), told);
    assert.match(told, why);
    // streaming has begun its answer when the command fails
    if (mode === 'classic') assert.equal((await fetch(url)).status, 500);
  });
}
