import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';
import { SECRETS_MOUNT } from '../../../../common/secrets-mount.ts';

/**
 * Makes Node's `fs` open `folder` in place of /var/openfaas/secrets, where functions expect their secrets and only root
 * could put files.
 */
export function redirectSecrets(folder: string): void {
  const redirect = (path: unknown): unknown => {
    const text = path instanceof URL && path.protocol === 'file:' ? fileURLToPath(path) : path;
    if (typeof text !== 'string') return path;
    if (text !== SECRETS_MOUNT && !text.startsWith(`${SECRETS_MOUNT}/`)) return path;
    return folder + text.slice(SECRETS_MOUNT.length);
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
    // keeps properties of the functions, such as fs.realpath.native and util.promisify.custom
    Reflect.set(target, name, Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original)));
  }
}
