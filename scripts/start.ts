import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { execa } from 'execa';
import { join as joinWords } from 'shlex';
import { bundleScript, WATCHDOG } from './sample/bundle.ts';
import { findFreePort, isPortFree } from './sample/port.ts';
import { waitUntilOk } from './sample/readiness.ts';

/** `npm start`: the sample function behind the watchdog, until a signal ends it. */
const READY_WITHIN = 10_000;

/** What the environment says, or else the default; a port for 0. Ends with one line where nobody can listen. */
async function choosePort(setting: 'port' | 'metrics_port', fallback: number): Promise<string> {
  const text = process.env[setting] || String(fallback);
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port === 0) return String(await findFreePort());
  if (port <= 65_535 && (await isPortFree(port))) return String(port);
  console.error(
    port <= 65_535
      ? `Port ${port} is in use: end what listens there, or choose another with ${setting}=PORT npm start`
      : `${setting}=${JSON.stringify(text)} cannot be read: expected a port from 0 to 65535`,
  );
  process.exit(1);
}

function printCalls(port: string, metricsPort: string): void {
  const url = `http://127.0.0.1:${port}`;
  console.log(`
The sample function (scripts/sample/function.ts) is ready behind the watchdog. Call it:

  curl ${url}/
  curl -d 'some text' ${url}/
  curl -N ${url}/stream

and ask the watchdog:

  curl -i ${url}/_/health
  curl -i ${url}/_/ready
  curl http://127.0.0.1:${metricsPort}/metrics

Ctrl-C ends it.
`);
}

const port = await choosePort('port', 8080);
const metricsPort = await choosePort('metrics_port', 8081);
const functionPort = process.env.function_port || String(await findFreePort());
const sample = await bundleScript('sample/function.ts', 'sample.js');

// The lock-file in a folder of its own: one watchdog that ends must not make another unhealthy.
const folder = await mkdtemp(joinPath(tmpdir(), 'fwatchdog-start-'));

// In a session of its own, a Ctrl-C reaches the watchdog once, from here, and not from the terminal as well.
const watchdog = execa(process.execPath, [WATCHDOG], {
  stdio: 'inherit',
  detached: true,
  reject: false,
  env: {
    // There is no orchestrator here that would need time to see the failing health check.
    ...(process.env.healthcheck_interval ? {} : { healthcheck_interval: '0s' }),
    TMPDIR: folder,
    mode: 'http',
    port,
    metrics_port: metricsPort,
    fprocess: joinWords([process.execPath, sample]),
    function_port: functionPort,
    upstream_url: `http://127.0.0.1:${functionPort}`,
  },
});
process.on('SIGINT', () => watchdog.kill('SIGINT'));
process.on('SIGTERM', () => watchdog.kill('SIGTERM'));
process.on('SIGHUP', () => watchdog.kill('SIGTERM'));

const ended = new AbortController();
watchdog.once('exit', () => ended.abort());
const deadline = AbortSignal.timeout(READY_WITHIN);
try {
  await waitUntilOk(`http://127.0.0.1:${port}/_/ready`, 50, AbortSignal.any([ended.signal, deadline]));
  printCalls(port, metricsPort);
} catch {
  if (!ended.signal.aborted) {
    console.error(`The sample function was not ready within ${READY_WITHIN / 1000} s`);
    watchdog.kill('SIGTERM');
  }
}

const { exitCode, signal } = await watchdog;
await rm(folder, { recursive: true, force: true });
process.exitCode = exitCode ?? (signal === undefined ? 1 : 128 + constants.signals[signal]);
