import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fixture } from './command.ts';

/** Puts an image that runs test/fixtures/gateway/function.mjs into a state folder, as `ofkit build --local` would. */
export function makeLocalImage(
  stateFolder: string,
  name: string,
  environment: Readonly<Record<string, string>> = {},
): void {
  const folder = path.join(stateFolder, 'images', encodeURIComponent(`${name}:latest`));
  const root = path.join(folder, '1', 'root');
  mkdirSync(root, { recursive: true });
  copyFileSync(fixture('gateway/function.mjs'), path.join(root, 'function.mjs'));
  const image = {
    name: `${name}:latest`,
    workdir: '/home/app',
    environment: { mode: 'http', fprocess: 'node function.mjs', ...environment },
    command: ['fwatchdog'],
    choosesPort: true,
    port: 3000,
  };
  writeFileSync(path.join(folder, '1', 'image.json'), JSON.stringify(image));
  symlinkSync('1', path.join(folder, 'current'));
}
