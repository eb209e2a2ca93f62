import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { readListeningMessage } from '../../common/protocol.ts';
import { deployImage, GATEWAY_SETTINGS, makeImage } from './async/bench-function.ts';
import { startGateway } from './async/programs.ts';
import { summarize } from './statistics.ts';

/**
 * `npm run bench:cold-start`: the first call of a function at zero, a ts-http one in inproc mode, beside the start of a
 * Node that has nothing to do, and the parts of the way between. In turn; medians in milliseconds, as JSON.
 */

/** BENCH_ROUNDS asks for another number of them. */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 15);
const HANDLER = 'export default async () => ({ message: "Hello" });';
const NAME = 'cold';

/** From the start of a Node that has nothing to do to its end. */
async function bareNode(): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore', env: {} });
  await new Promise((resolve) => child.once('exit', resolve));
  return performance.now() - startedAt;
}

/** From the start of the watchdog until it says that it listens, and until the function has answered. */
async function watchdog(folder: string): Promise<{ listening: number; answered: number }> {
  const env = {
    PATH: process.env['PATH'],
    mode: 'inproc',
    handler_path: folder,
    port: '0',
    metrics_port: '0',
  };
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['dist/fwatchdog.js'], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env,
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.on('message', (message) => {
        const told = readListeningMessage(message);
        if (told) resolve(told.port);
      });
      child.once('exit', () => reject(new Error('the watchdog ended')));
    });
    const listening = performance.now() - startedAt;
    await answer(`http://127.0.0.1:${port}/`);
    return { listening, answered: performance.now() - startedAt };
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

/** @returns milliseconds until the answer is there */
async function answer(url: string): Promise<number> {
  const startedAt = performance.now();
  const { statusCode, body } = await request(url, { method: 'POST', body: '{}' });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${url}: ${statusCode} ${text}`);
  return performance.now() - startedAt;
}

async function setReplicas(url: string, replicas: number): Promise<void> {
  const body = JSON.stringify({ serviceName: NAME, replicas });
  const answered = await request(`${url}/system/scale-function/${NAME}`, { method: 'POST', body });
  await answered.body.dump();
  for (;;) {
    const { body: status } = await request(`${url}/system/function/${NAME}`);
    const { availableReplicas = 0 } = (await status.json()) as { availableReplicas?: number };
    if (availableReplicas === replicas) break;
    await sleep(20);
  }
  await sleep(200); // what has ended is cleaned away
}

const state = await mkdtemp(path.join(tmpdir(), 'bench-cold-start-'));
try {
  const folder = await makeImage(state, NAME, HANDLER);
  const gateway = await startGateway(state, GATEWAY_SETTINGS);
  try {
    const functionUrl = `${gateway.url}/function/${NAME}`;
    await deployImage(gateway.url, NAME);
    const bare: number[] = [];
    const listening: number[] = [];
    const alone: number[] = [];
    const cold: number[] = [];
    const warm: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(await bareNode());
      const { listening: told, answered } = await watchdog(folder);
      listening.push(told);
      alone.push(answered);
      await setReplicas(gateway.url, 0);
      cold.push(await answer(functionUrl));
      warm.push(await answer(functionUrl));
    }
    const of = (values: readonly number[]): number => Number(summarize(values).median.toFixed(1));
    const figures = {
      bareNode: of(bare),
      watchdogListens: of(listening),
      watchdogAnswered: of(alone),
      firstCallAtZero: of(cold),
      callAfterIt: of(warm),
    };
    const overBareNode = Number((figures.firstCallAtZero - figures.bareNode).toFixed(1));
    const ofTheGateway = Number((figures.firstCallAtZero - figures.watchdogAnswered).toFixed(1));
    console.log(JSON.stringify({ ...figures, overBareNode, ofTheGateway }, undefined, 2));
  } finally {
    await gateway.end();
  }
} finally {
  await rm(state, { recursive: true, force: true });
}
