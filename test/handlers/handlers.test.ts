import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp, symlink } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { Project, ROOT } from '../ofkit/project.ts';
import { ROWS, type Row } from './table.ts';

const HANDLERS = join(ROOT, 'test/fixtures/handlers');

async function call(url: string, { method = 'GET', path = '/', headers = {}, body }: Row) {
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const asked = request(url + path, { method, headers: { ...headers, ...length }, agent: false });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, text: await text(answer) };
}

for (const name of new Set(ROWS.map((row) => row.of))) {
  test(`run serves a function of the form that is called ${name} as OpenFaaS does, or better`, async (t) => {
    const project = await Project.create(t);
    await cp(HANDLERS, project.folder, { recursive: true });
    for (const template of ['node22', 'dockerfile']) {
      await cp(join(ROOT, 'templates', template), project.path('template', template), { recursive: true });
    }
    // Express and Fastify are in the folder where Node looks last, so nothing needs to be installed
    await symlink(join(ROOT, 'node_modules'), project.path('node_modules'));
    const running = project.start(['run', name, '--json', '-p', '0', '--no-watch']);
    const { url = '' } = await running.until('ready');
    for (const row of ROWS.filter(({ of }) => of === name)) {
      await t.test(`${row.method ?? 'GET'} ${row.path ?? '/'}`, async () => {
        const answer = await call(url, row);
        const [status, type] = [answer.status, answer.headers['content-type']];
        assert.deepEqual([status, type], [row.status ?? 200, row.type], answer.text);
        if (typeof row.text === 'string') assert.equal(answer.text, row.text);
        else assert.match(answer.text, row.text);
        for (const [field, value] of Object.entries(row.answers ?? {}))
          assert.equal(answer.headers[field], value);
      });
    }
  });
}
