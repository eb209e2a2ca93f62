import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';

/** A program that runs, and its end. */
export interface Running {
  /** Where it listens: `http://…` or `nats://…`. */
  readonly url: string;
  end(): Promise<void>;
}

/** A gateway that runs. */
export interface Gateway extends Running {
  readonly metricsUrl: string;
  /** Its state folder. */
  readonly folder: string;
}

const STARTS_WITHIN_MS = 10_000;
const POLL_MS = 20;

/** Starts dist/of-gateway.js with its state in a folder. */
export async function startGateway(folder: string, settings: NodeJS.ProcessEnv): Promise<Gateway> {
  const env = { PATH: process.env['PATH'], HOME: folder, state_dir: folder, port: '0', metrics_port: '0' };
  const child = spawn(process.execPath, ['--max-semi-space-size=4', 'dist/of-gateway.js'], {
    env: { ...env, ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  for (let waited = 0; waited < STARTS_WITHIN_MS; waited += POLL_MS) {
    const url = /Listening on (http:\S+)/.exec(log)?.[1];
    const metricsUrl = /Metrics on (http:\S+)/.exec(log)?.[1];
    if (url !== undefined && metricsUrl !== undefined) return { url, metricsUrl, folder, end };
    await sleep(POLL_MS);
  }
  await end();
  throw new Error(`the gateway does not listen; its log:\n${log}`);
}

/** Starts nats-server with JetStream, and its store in a folder. */
export async function startNats(folder: string): Promise<Running> {
  const port = await freePort();
  const args = ['--jetstream', '--store_dir', folder, '--addr', '127.0.0.1', '--port', String(port)];
  const child = spawn('nats-server', args, { stdio: 'ignore' });
  const exited = new Promise<Error | undefined>((resolve) => {
    child.once('exit', () => resolve(undefined));
    child.once('error', resolve);
  });
  const url = `nats://127.0.0.1:${port}`;
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  for (let waited = 0; waited < STARTS_WITHIN_MS; waited += POLL_MS) {
    try {
      await (await connect({ servers: url, reconnect: false })).close();
      return { url, end };
    } catch {
      const error = await Promise.race([exited, sleep(POLL_MS, null)]);
      if (error !== null)
        throw new Error(`nats-server cannot be started: apt-get install nats-server`, { cause: error });
    }
  }
  await end();
  throw new Error('nats-server does not listen');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
