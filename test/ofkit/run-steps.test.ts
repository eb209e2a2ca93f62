import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Project } from './project.ts';

/** A server that tells which files were made. */
const SERVER = `
const { existsSync } = require('node:fs');
const made = ['built', 'bundled', 'typed', 'unused'].filter((name) => existsSync(name));
require('node:http').createServer((_, response) => response.end(made.join())).listen(process.env.http_port, '127.0.0.1');
`;

const SCRIPTS = {
  build: 'touch built',
  bundle: 'touch bundled',
  types: 'touch typed',
  unused: 'touch unused',
};

const cases: readonly [what: string, lines: string, made: string, note?: RegExp][] = [
  ['no RUN', 'FROM x', ''],
  ['a script by its name', 'FROM x\nWORKDIR /app\nRUN npm ci && npm run bundle', 'bundled'],
  ['a list', 'FROM x\nRUN ["npm", "run", "build"]', 'built'],
  [
    'stages whose files are taken',
    'FROM x AS b\nRUN yarn build\nFROM x AS u\nRUN npm run unused\nFROM x\nCOPY --from=b /dist dist\nRUN npm run types',
    'built,typed',
  ],
  [
    'what cannot be followed',
    'FROM x\nRUN make all\nRUN npm run build',
    'built',
    /line 2 of the Dockerfile is not followed here: RUN make all/,
  ],
];

for (const [what, lines, made, note] of cases) {
  test(`run does what the Dockerfile runs: ${what}`, async (t) => {
    const project = await Project.create(t);
    await project.useTemplates('dockerfile');
    await project.writeStack({ one: 'lang: dockerfile' });
    await project.write(
      'one/Dockerfile',
      `${lines}\nENV mode=http fprocess="node server.js" upstream_url=http://127.0.0.1:3000\n`,
    );
    await project.write('one/server.js', SERVER);
    await project.write('one/package.json', JSON.stringify({ scripts: SCRIPTS }));
    const running = project.start(['run', '--json', '-p', '0']);
    assert.equal(await running.call('one'), made);
    if (note) assert.match((await running.until('note')).text ?? '', note);
  });
}
