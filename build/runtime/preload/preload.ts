import fs from 'node:fs';
import inspector from 'node:inspector';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Loaded by `node --require` into the Node processes that `ofkit run` starts; the build bundles it into ofkit.js as
 * a text (scripts/build-ofkit.ts). In the watchdog it sees to it that nothing outlives ofkit. In the function it
 * lets /var/openfaas/secrets stand for the project's .secrets, shows .ts places, and opens the debugger.
 */

const SECRETS = '/var/openfaas/secrets';

const { OFKIT_WATCHDOG, OFKIT_INSPECT, OPENFAAS_SECRETS, mode } = process.env;

const isWatchdog = process.argv[1] === OFKIT_WATCHDOG;
if (isWatchdog) endWithParent();
if (!isWatchdog || mode === 'inproc') prepareFunction(); // in that mode the function runs in the watchdog itself

/** The channel to ofkit closes when that ends, be it by SIGKILL. */
function endWithParent(): void {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
}

function prepareFunction(): void {
  process.setSourceMapsEnabled(true);
  if (OPENFAAS_SECRETS) redirectSecrets(OPENFAAS_SECRETS);
  // npm and its like are Node processes too, but not the one to debug.
  if (OFKIT_INSPECT && !/[\\/](?:npm|npx|yarn|pnpm)(?:-cli)?\.[cm]?js$/.test(process.argv[1] ?? '')) {
    inspector.open(0, '127.0.0.1');
  }
}

/** Handlers read /var/openfaas/secrets/NAME, where only root could put a file: what opens that opens `folder`. */
function redirectSecrets(folder: string): void {
  const redirect = (path: unknown): unknown => {
    const text = path instanceof URL && path.protocol === 'file:' ? fileURLToPath(path) : path;
    if (typeof text !== 'string') return path;
    if (text !== SECRETS && !text.startsWith(`${SECRETS}/`)) return path;
    return folder + text.slice(SECRETS.length);
  };
  const names = ['access', 'exists', 'lstat', 'open', 'readdir', 'readFile', 'realpath', 'stat'];
  wrapAll(fs, [...names, ...names.map((name) => `${name}Sync`), 'createReadStream', 'openAsBlob'], redirect);
  wrapAll(fs.promises, names, redirect);
  syncBuiltinESMExports();
}

function wrapAll(target: object, names: readonly string[], redirect: (path: unknown) => unknown): void {
  for (const name of names) {
    const original: unknown = Reflect.get(target, name);
    if (typeof original !== 'function') continue;
    const wrapped = function wrapped(this: unknown, path: unknown, ...rest: unknown[]): unknown {
      return Reflect.apply(original, this, [redirect(path), ...rest]);
    };
    // fs.realpath.native, util.promisify.custom
    Reflect.set(target, name, Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original)));
  }
}
