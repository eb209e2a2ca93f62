import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { WATCHDOG_IMAGE } from '../build/release.ts';
import { startService } from './containers/engine.ts';
import { BASE } from './containers/images.ts';

/**
 * Holds dist/of-gateway.js to the contract of a gateway: makes the images that it asks for by `ofkit build --local`,
 * starts a gateway for them, and runs the contract against it.
 *
 *     tsx scripts/conformance-gateway.ts [--engine] CONTRACT.mjs [ITS OPTIONS]
 *
 * With --engine the images are podman's and functions run in containers, as test:containers does it where
 * GATEWAY_CONTRACT names a contract.
 */

const OFKIT = path.resolve('dist/ofkit.js');
const GATEWAY = path.resolve('dist/of-gateway.js');

/** The functions of the contract. */
const NAMES = ['env', 'http', 'http2'];

const isOnEngine = process.argv[2] === '--engine';
const [contract, ...options] = process.argv.slice(isOnEngine ? 3 : 2);
if (contract === undefined) throw new Error('usage: conformance-gateway.ts CONTRACT.mjs [OPTIONS]');

/** A Dockerfile and files: an image in the form in which functions of any language come. */
async function writeFunction(
  folder: string,
  name: string,
  environment: string[],
  files: Record<string, string>,
) {
  const lines = [
    `FROM ${BASE}`,
    ...(isOnEngine ? [`COPY --from=${WATCHDOG_IMAGE} /fwatchdog* /usr/bin/`] : []),
    'WORKDIR /home/app',
    'COPY . .',
    ...environment.map((pair) => `ENV ${pair}`),
  ];
  await mkdir(path.join(folder, name), { recursive: true });
  lines.push(...(isOnEngine ? ['USER node'] : []), 'CMD ["fwatchdog"]', '');
  await writeFile(path.join(folder, name, 'Dockerfile'), lines.join('\n'));
  for (const [file, text] of Object.entries(files)) await writeFile(path.join(folder, name, file), text);
}

async function makeImages(folder: string, state: string): Promise<void> {
  const { stdout: server } = await execa(process.execPath, [contract ?? '', '--print-server']);
  const http = ['mode=http', 'upstream_url=http://127.0.0.1:3000', 'fprocess="node server.mjs"'];
  await writeFunction(folder, 'env', ['mode=streaming', 'fprocess=env'], {});
  await writeFunction(folder, 'http', http, { 'server.mjs': server });
  await writeFunction(folder, 'http2', http, { 'server.mjs': server });
  if (isOnEngine) {
    for (const name of NAMES)
      await execa('podman', ['build', '--quiet', '-t', `localhost/gwc/${name}`, path.join(folder, name)]);
    return;
  }
  const functions = NAMES.map(
    (name) => `  ${name}:\n    lang: dockerfile\n    handler: ./${name}\n    image: gwc/${name}:latest\n`,
  );
  const stack = `version: 1.0\nprovider:\n  name: openfaas\nfunctions:\n${functions.join('')}`;
  await writeFile(path.join(folder, 'stack.yaml'), stack);
  await execa(process.execPath, [OFKIT, 'build', '--local', '--state-dir', state], {
    cwd: folder,
    stdio: 'inherit',
  });
}

/** @returns the URLs of the API and of the metrics, as the gateway tells them */
async function untilListening(child: ChildProcess): Promise<{ url: string; metrics: string }> {
  let url: string | undefined;
  if (!child.stderr) throw new Error('the gateway has no stderr');
  for await (const line of createInterface({ input: child.stderr })) {
    url ??= /Listening on (http:\S+)/.exec(line)?.[1];
    const metrics = /Metrics on (http:\S+)/.exec(line)?.[1];
    if (url === undefined || metrics === undefined) continue;
    child.stderr.resume();
    return { url, metrics };
  }
  throw new Error('the gateway ended before it listened');
}

const folder = await mkdtemp(path.join(tmpdir(), 'gateway-contract-'));
const state = path.join(folder, 'state');
let gateway: ChildProcess | undefined;
const engine = isOnEngine ? await startService(folder) : undefined;
try {
  await makeImages(folder, state);
  gateway = spawn(process.execPath, [GATEWAY, '--state-dir', state, '--port', '0', '--metrics-port', '0'], {
    env: {
      ...process.env,
      upstream_timeout: '10s',
      ...(engine && { provider: 'engine', engine_host: engine.address }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { url, metrics } = await untilListening(gateway);
  const password = await readFile(path.join(state, 'basic-auth-password'), 'utf8');
  const images = ['--image-env', 'gwc/env', '--image-http', 'gwc/http', '--image-http2', 'gwc/http2'];
  const told = ['--url', url, '--password', password.trim(), '--metrics', metrics, '--timeout', '10000'];
  const { exitCode } = await execa(process.execPath, [contract, ...told, ...images, ...options], {
    stdio: 'inherit',
    reject: false,
  });
  process.exitCode = exitCode ?? 1;
} finally {
  if (gateway?.exitCode === null) {
    gateway.kill('SIGTERM');
    await once(gateway, 'exit');
  }
  engine?.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
}
