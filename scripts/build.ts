import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { writeBillOfMaterials } from './bill-of-materials.ts';
import { BANNER, makeFolderOf } from './bundle.ts';
import { packed } from './lazy-packages.ts';

/** Makes dist/fwatchdog.js, one file with everything in it, for Node 20 and later, and its bill of materials. */

const OUTPUT = 'dist/fwatchdog.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** http-proxy calls util._extend, for which Node 22 and later print a warning (DEP0060) into the function's log. */
const withoutDeprecatedExtend: Plugin = {
  name: 'without-deprecated-extend',
  setup(setup) {
    setup.onLoad({ filter: /http-proxy\/lib\/.*\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: source.replaceAll("require('util')._extend", 'Object.assign') };
    });
  },
};

makeFolderOf(OUTPUT);
const packedMetafiles: Metafile[] = [];
const { metafile } = await build({
  entryPoints: ['watchdog/main.ts'],
  outfile: OUTPUT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'iife',
  minify: true,
  legalComments: 'none',
  banner: { js: BANNER },
  define: {
    FWATCHDOG_VERSION: JSON.stringify(version),
    FWATCHDOG_COMMIT: JSON.stringify(commit()),
    FWATCHDOG_ADDONS: JSON.stringify(addons()),
  },
  plugins: [packed([withoutDeprecatedExtend], (each) => packedMetafiles.push(each))],
  metafile: true,
  logLevel: 'warning',
});
chmodSync(OUTPUT, 0o755);
writeBillOfMaterials({
  name: 'fwatchdog',
  description: 'The watchdog of an OpenFaaS function',
  version,
  file: OUTPUT,
  metafiles: [metafile, ...packedMetafiles],
});

/** The native addons in base64, by system and CPU. */
function addons(): Record<string, string> {
  const folder = 'watchdog/process/native';
  const names = readdirSync(folder).filter((name) => name.endsWith('.node'));
  return Object.fromEntries(
    names.map((name) => [path.parse(name).name, readFileSync(path.join(folder, name), 'base64')]),
  );
}

/** Gives the commit. COMMIT names it where there is no repository, as in the build of the image. */
function commit(): string {
  const given = process.env.COMMIT;
  if (given) return given;
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown'; // an archive of the sources, without git
  }
}
