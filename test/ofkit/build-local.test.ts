import assert from 'node:assert/strict';
import { cp, readdir, readlink, rename, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { deploy } from '../support/local-image.ts';
import { startGateway } from '../support/of-gateway.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { until } from '../support/wait.ts';
import { Project } from './project.ts';

/** `ofkit build --local` writes images, and of-gateway runs them. */

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
  const seen = new Set<string>();
  await until(async () => seen.add(await answer()).has('two'), 'the new revision');
  assert.deepEqual([...seen], ['one', 'two']);
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

/** A function of one package, which is a folder in it, with a program. */
async function withPackage(project: Project, name: string): Promise<void> {
  const program = "#!/usr/bin/env node\nrequire('./index.js');\n";
  await project.write(
    `${name}/lib/package.json`,
    JSON.stringify({ name: `${name}-package`, version: '1.0.0', bin: 'program.js' }),
  );
  await project.write(`${name}/lib/index.js`, `module.exports = '${name}';\n`);
  await project.write(`${name}/lib/program.js`, program, 0o755);
  await project.write(`${name}/handler.js`, `module.exports = async () => require('${name}-package');\n`);
  const manifest = { dependencies: { [`${name}-package`]: 'file:./lib' } };
  await project.write(`${name}/package.json`, JSON.stringify(manifest));
}

test('packages that a local image of the project links to stay, however old', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ one: 'lang: plain', two: 'lang: plain' });
  await withPackage(project, 'one');
  await withPackage(project, 'two');
  assert.equal((await project.ofkit(['build', '--local', 'one'])).status, 0);
  const packages = project.path('build/.ofkit/.packages');
  const [key = ''] = await readdir(packages);
  await cp(join(packages, key), join(packages, 'unused'), { recursive: true });
  for (const name of [key, 'unused']) await utimes(join(packages, name), 0, 0);
  assert.equal((await project.ofkit(['build', '--local', 'two'])).status, 0);
  const kept = await readdir(packages);
  assert.deepEqual([kept.includes(key), kept.includes('unused'), kept.length], [true, false, 2]);
});

test('an image in any other folder, be it of the project, has its packages itself', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ one: 'lang: plain' });
  await withPackage(project, 'one');
  const { status, stderr } = await project.ofkit(['build', '--local', '--state-dir', 'state']);
  assert.equal(status, 0, stderr);
  for (const gone of ['build', 'one', 'template'])
    await rename(project.path(gone), project.path(`${gone}-gone`));
  const image = 'state/images/one%3Alatest';
  const revision = await readlink(project.path(image, 'current'));
  const modules = join(image, revision, 'root/home/app/function/node_modules');
  assert.match(await project.read(join(modules, 'one-package/index.js')), /one/);
  const link = await readlink(project.path(modules, '.bin/one-package'));
  assert.equal(link, '../one-package/program.js');
});
