import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { FIXTURES, Project } from './project.ts';

test('run passes headers beyond ASCII on byte for byte, in both directions', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ hello: 'lang: plain' });
  await project.write('hello/handler.js', await readFile(join(FIXTURES, 'mirrors-header.js'), 'utf8'));
  const running = project.start(['run', 'hello', '--json', '-p', '0']);
  const { url = '' } = await running.until('ready');
  for (const method of ['GET', 'POST', 'HEAD', 'DELETE']) {
    for (const path of ['/sized', '/chunked', '/empty', '/raw']) {
      const headers = { 'x-sent': 'é\u0080\u00ff' };
      const asked = request(url + path, { method, headers, agent: false }).end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      answer.resume();
      await once(answer, 'end');
      const { 'x-sent': sent, 'content-disposition': disposition } = answer.headers;
      const of = `${method} ${path}`;
      assert.deepEqual([sent, disposition], ['é\u0080\u00ff', 'attachment; filename="é.txt"'], of);
    }
  }
});
