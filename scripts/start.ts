import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { isFree } from '../common/free-port.ts';

/**
 * `npm start`: a gateway with a function of the template ts-http, by `ofkit up` in a temporary folder, until a signal ends
 * it.
 */

const OFKIT = fileURLToPath(new URL('../dist/ofkit.js', import.meta.url));
const NAME = 'hello';
/** The address at which faas-cli looks by default. */
const USUAL_GATEWAY = 'http://127.0.0.1:8080';

/** The port that the environment asks for, or 8080. Ends with one line where nobody can listen there. */
async function choosePort(): Promise<string> {
  const text = process.env.port || '8080';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port === 0 || (port <= 65_535 && (await isFree(port)))) return String(port);
  console.error(
    port <= 65_535
      ? `Port ${port} is in use: end what listens there, or choose another with port=PORT npm start`
      : `port=${JSON.stringify(text)} cannot be read: expected a port from 0 to 65535`,
  );
  process.exit(1);
}

function whatNext(gateway: string, folder: string): string {
  const login = gateway === USUAL_GATEWAY ? '' : `  export OPENFAAS_URL=${gateway}\n`;
  return `
What runs is shown at ${gateway}/ui/, for a browser, and OpenFaaS's API is served at ${gateway}, without a
container, a cluster or a login. Call the function there, or from here:

  curl ${gateway}/function/${NAME}
  curl -H 'content-type: application/json' -d '{"name":"Ada"}' ${gateway}/function/${NAME}

Edit its code, save, and call it again:

  ${join(folder, NAME, 'handler.ts')}

faas-cli and everything else that speaks OpenFaaS's REST API works with it:

${login}  faas-cli list
  faas-cli describe ${NAME}
  echo '{"name":"Ada"}' | faas-cli invoke ${NAME} --content-type application/json
  faas-cli logs ${NAME}

Make a function of your own, in a folder of yours:

  node ${OFKIT} new mine --lang ts-http
  node ${OFKIT} up

Ctrl-C ends it and removes its folder.
`;
}

const port = await choosePort();
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // A second signal kills functions that do not stop.
    if (ended.signal.aborted) ended.signal.dispatchEvent(new Event('abort'));
    ended.abort();
  });
}
const folder = await mkdtemp(join(await realpath(tmpdir()), 'ofkit-start-'));

/**
 * Runs ofkit in the folder, in a session of its own: so a Ctrl-C reaches it once, from here, and not from the terminal
 * as well.
 */
function ofkit(...args: string[]) {
  const child = execa(process.execPath, [OFKIT, ...args], {
    cwd: folder,
    env: process.stdout.isTTY ? { FORCE_COLOR: '1' } : {},
    stdio: ['ignore', 'pipe', 'inherit'],
    buffer: false,
    detached: true,
    reject: false,
    forceKillAfterDelay: false,
  });
  const end = (): void => void child.kill('SIGINT');
  ended.signal.addEventListener('abort', end);
  return child;
}

/** @returns the exit status */
async function run(): Promise<number> {
  const created = await ofkit('new', NAME, '--lang', 'ts-http', '--quiet');
  if (created.exitCode !== 0 || ended.signal.aborted) return ended.signal.aborted ? 0 : 1;
  const running = ofkit('up', NAME, '--port', port);
  let told = false;
  for await (const line of createInterface({ input: running.stdout })) {
    console.log(line);
    const gateway = /(http:\/\/127\.0\.0\.1:\d+)\/function\//.exec(line)?.[1];
    if (told || gateway === undefined) continue;
    told = true;
    console.log(whatNext(gateway, folder));
  }
  const { exitCode, signal } = await running;
  return exitCode ?? (signal === undefined ? 1 : 128 + constants.signals[signal]);
}

try {
  process.exitCode = await run();
} finally {
  await rm(folder, { recursive: true, force: true });
}
