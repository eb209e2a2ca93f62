import { access, mkdtemp, open, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findOwnCgroup } from '../../common/cgroup.ts';
import { messageOf } from '../../common/errors.ts';
import { listen } from '../server/listen.ts';
import { findGateway } from '../../common/gateway-location.ts';
import type { Environment } from '../../common/settings/read.ts';
import { EngineClient } from '../providers/engine/client/engine-client.ts';
import { findEngine } from '../providers/engine/client/find-engine.ts';
import type { Settings } from '../settings/table.ts';
import { examineNats } from './doctor-nats.ts';
import type { Finding } from './finding.ts';

/** How long an engine may take to answer, in milliseconds. */
const ENGINE_ANSWERS_WITHIN_MS = 3000;

/** The oldest version of Node that the gateway runs on. */
const OLDEST_NODE = [20, 16] as const;

/**
 * Checks this machine for the needs of the gateway. Each finding is one line, with the remedy if something is wrong.
 */
export async function examine(settings: Settings, environment: Environment): Promise<Finding[]> {
  const running = await findGateway(settings.stateDir);
  const ports = running
    ? [{ verdict: 'ok', line: `a gateway runs already: process ${running.pid} at ${running.url}` } as const]
    : [
        await port(settings, 'port', settings.port),
        await port(settings, 'metrics_port', settings.metricsPort),
      ];
  return [
    node(),
    ...ports,
    await stateFolder(settings.stateDir),
    ...(await examineNats(settings)),
    await cgroup(),
    await engine(settings, environment),
  ];
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNew = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (isNew) return { verdict: 'ok', line: `Node ${process.versions.node}` };
  const needed = OLDEST_NODE.join('.');
  return { verdict: 'fail', line: `Node ${process.versions.node} is too old: install ${needed} or later` };
}

async function port({ host }: Settings, name: string, number: number): Promise<Finding> {
  const server = createServer();
  try {
    await listen(server, host, number, name);
    return { verdict: 'ok', line: `${name} ${number} of ${host} is free` };
  } catch (thrown) {
    return { verdict: 'fail', line: messageOf(thrown) };
  } finally {
    server.close();
  }
}

/** Checks that the state folder can be written, with fsync, which some network file systems lack. */
async function stateFolder(folder: string): Promise<Finding> {
  const parent = await existing(folder);
  try {
    const trial = await mkdtemp(path.join(parent, '.of-gateway-doctor-'));
    try {
      const startedAt = performance.now();
      const handle = await open(path.join(trial, 'file'), 'w');
      await handle.writeFile('x');
      await handle.sync();
      await handle.close();
      const ms = (performance.now() - startedAt).toFixed(1);
      return { verdict: 'ok', line: `state_dir ${folder} can be written, with fsync in ${ms} ms` };
    } finally {
      await rm(trial, { recursive: true, force: true });
    }
  } catch (thrown) {
    const why = messageOf(thrown);
    return {
      verdict: 'fail',
      line: `state_dir ${folder} cannot be written: ${why}; set state_dir to a folder of your own`,
    };
  }
}

/** @returns the folder, or the nearest one above it that exists */
async function existing(folder: string): Promise<string> {
  for (let at = folder; at !== path.dirname(at); at = path.dirname(at)) {
    const isThere = await access(at).then(
      () => true,
      () => false,
    );
    if (isThere) return at;
  }
  return tmpdir();
}

/** Checks whether the kernel can enforce limits, which needs a cgroup of the gateway's own. */
async function cgroup(): Promise<Finding> {
  const own = await findOwnCgroup();
  if ('folder' in own)
    return { verdict: 'ok', line: `limits of functions are held by cgroup v2 at ${own.folder}` };
  const way = 'limits of memory are watched by the gateway, those of CPU have no effect';
  return { verdict: 'warn', line: `${own.why}: ${way}; systemd gives cgroups with Delegate=yes` };
}

/** Checks for a container engine, which all images but local ones need. */
async function engine({ engineHost, provider }: Settings, environment: Environment): Promise<Finding> {
  const verdict = provider === 'engine' ? 'fail' : 'warn';
  let client: EngineClient | undefined;
  try {
    const address = await findEngine(engineHost, environment);
    if (!address) {
      const way =
        'functions run from local images alone (ofkit build --local); start docker or podman.socket, or set engine_host';
      return { verdict, line: `no container engine: ${way}` };
    }
    client = new EngineClient(address);
    await client.send('GET', '/_ping', { timeout: ENGINE_ANSWERS_WITHIN_MS });
    return { verdict: 'ok', line: `a container engine at ${address.text}` };
  } catch (thrown) {
    return { verdict, line: messageOf(thrown) };
  } finally {
    await client?.close();
  }
}
