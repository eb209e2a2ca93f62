import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { test } from 'node:test';
import { deploy } from '../support/local-image.ts';
import { startGateway } from '../support/of-gateway.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { until } from '../support/wait.ts';
import { Project } from './project.ts';

/** `ofkit build --local`, and of-gateway behind it: the one writes images, the other runs them. */

test('a function of a template is built, deployed by its image, and called', async (t) => {
  const project = await Project.create(t);
  await project.ofkit(['new', 'hello', '--lang', 'node24']);
  const state = makeStateFolder();
  const { status, stdout } = await project.ofkit(['build', '--local', '--state-dir', state]);
  assert.equal(status, 0);
  assert.match(stdout, /hello: local image hello:latest/);
  const gateway = await startGateway(t, {}, { folder: state });
  assert.equal((await deploy(gateway, { service: 'hello', image: 'hello:latest' })).status, 202);
  const answer = await gateway.request({ method: 'POST', path: '/function/hello', body: 'x' });
  assert.equal(answer.status, 200);
});

test('a change is a new revision, which an update takes and a running function does not see', async (t) => {
  const project = await Project.create(t);
  const state = makeStateFolder();
  const handler = (text: string): string => `module.exports = async () => ${JSON.stringify(text)};\n`;
  await project.ofkit(['new', 'hello', '--lang', 'node24']);
  await project.write('hello/handler.js', handler('one'));
  await project.ofkit(['build', '--local', '--state-dir', state]);
  const gateway = await startGateway(t, {}, { folder: state });
  await deploy(gateway, { service: 'hello', image: 'hello:latest' });
  const answer = async (): Promise<string> => (await gateway.request({ path: '/function/hello' })).text;
  assert.equal(await answer(), 'one');
  await project.write('hello/handler.js', handler('two'));
  await project.ofkit(['build', '--local', '--state-dir', state]);
  assert.equal(await answer(), 'one');
  await deploy(gateway, { service: 'hello', image: 'hello:latest' }, 'PUT');
  await until(async () => (await answer()) === 'two', 'the new revision');
});

test('the image stands alone: the project can go', async (t) => {
  const project = await Project.create(t);
  const state = makeStateFolder();
  await project.ofkit(['new', 'hello', '--lang', 'node24']);
  await project.ofkit(['build', '--local', '--state-dir', state]);
  await rename(project.path('build'), project.path('gone'));
  const gateway = await startGateway(t, {}, { folder: state });
  await deploy(gateway, { service: 'hello', image: 'hello:latest' });
  assert.equal((await gateway.request({ path: '/function/hello' })).status, 200);
});

test('lang dockerfile: a plain server without a watchdog is run by its CMD, at the port of EXPOSE', async (t) => {
  const project = await Project.create(t);
  const state = makeStateFolder();
  const server = "require('node:http').createServer((q, s) => s.end('plain')).listen(process.env.PORT);\n";
  await project.write('plain/server.js', server);
  await project.write(
    'plain/Dockerfile',
    'FROM node:24-alpine\nWORKDIR /app\nCOPY . .\nEXPOSE 8080\nCMD ["node", "server.js"]\n',
  );
  await project.write(
    'stack.yaml',
    'version: 1.0\nprovider:\n  name: openfaas\nfunctions:\n  plain:\n    lang: dockerfile\n    handler: ./plain\n    image: acme/plain:1.0\n',
  );
  const { status, stderr } = await project.ofkit(['build', '--local', '--state-dir', state]);
  assert.equal(status, 0, stderr);
  const gateway = await startGateway(t, {}, { folder: state });
  await deploy(gateway, { service: 'plain', image: 'acme/plain:1.0' });
  assert.equal((await gateway.request({ path: '/function/plain' })).text, 'plain');
});
