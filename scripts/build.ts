import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { packed } from './lazy-packages.ts';

/** Makes dist/fwatchdog.js: one file with everything in it, for Node 20 and later. */

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/**
 * The file runs wherever it is copied to: as a CommonJS module, which is what a file without an extension or
 * beside no package.json is, and as an ES module, where a package.json of the image says so. The one thing that
 * differs is `require`, and for Node's own modules there is another way to them.
 */
const REQUIRE_ANYWHERE = `var require = typeof require === 'function' ? require : process.getBuiltinModule;`;

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

await build({
  entryPoints: ['watchdog/main.ts'],
  outfile: 'dist/fwatchdog.js',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'iife',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  banner: { js: `#!/usr/bin/env node\n${REQUIRE_ANYWHERE}` },
  define: {
    FWATCHDOG_VERSION: JSON.stringify(version),
    FWATCHDOG_COMMIT: JSON.stringify(commit()),
    FWATCHDOG_ADDONS: JSON.stringify(addons()),
  },
  plugins: [packed([withoutDeprecatedExtend])],
  logLevel: 'warning',
});
chmodSync('dist/fwatchdog.js', 0o755);

/** The native addons in base64, by system and CPU. */
function addons(): Record<string, string> {
  const folder = 'watchdog/process/native';
  const names = readdirSync(folder).filter((name) => name.endsWith('.node'));
  return Object.fromEntries(
    names.map((name) => [path.parse(name).name, readFileSync(path.join(folder, name), 'base64')]),
  );
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown'; // an archive of the sources, without git
  }
}
