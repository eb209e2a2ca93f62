import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { writeBillOfMaterials } from './bill-of-materials.ts';
import { buildUi } from './build-ui.ts';
import { BANNER, makeFolderOf } from './bundle.ts';

/** Makes dist/of-gateway.js: one file with everything in it, for Node 20 and later, and its bill of materials. */

const OUTPUT = 'dist/of-gateway.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const ui = await buildUi(version);

/** Puts documents in the place of the modules that stand for them, and mends code that newer Nodes warn of. */
const replaced: Plugin = {
  name: 'replaced',
  setup({ onLoad }) {
    onLoad({ filter: /gateway[\\/]api[\\/]openapi-text\.ts$/ }, () => {
      const text = JSON.stringify(readFileSync('docs/openapi.yaml', 'utf8'));
      return { contents: `export const openapiText = ${text};\n` };
    });
    onLoad({ filter: /gateway[\\/]api[\\/]ui-files\.ts$/ }, () => {
      return { contents: `export const uiFiles = ${JSON.stringify(ui.files)};\n` };
    });
    onLoad({ filter: /gateway[\\/]providers[\\/]process[\\/]preload-text\.ts$/ }, async () => {
      const text = JSON.stringify(await bundledPreload());
      return { contents: `export const preloadText = ${text};\n` };
    });
    // http-proxy calls util._extend, for which Node 22 and later print a warning (DEP0060)
    onLoad({ filter: /http-proxy\/lib\/.*\.js$/ }, ({ path }) => {
      return { contents: readFileSync(path, 'utf8').replaceAll("require('util')._extend", 'Object.assign') };
    });
  },
};

/** Bundles the module that Node loads first in the processes of functions. */
async function bundledPreload(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['gateway/providers/process/preload/preload.ts'],
    bundle: true,
    platform: 'node',
    target: 'node20.16',
    format: 'cjs',
    legalComments: 'none',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

makeFolderOf(OUTPUT);
const { metafile } = await build({
  entryPoints: ['gateway/main.ts'],
  outfile: OUTPUT,
  bundle: true,
  platform: 'node',
  target: 'node20.16',
  format: 'iife',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  banner: { js: BANNER },
  define: {
    OF_GATEWAY_VERSION: JSON.stringify(version),
    OF_GATEWAY_COMMIT: JSON.stringify(commit()),
  },
  plugins: [replaced],
  metafile: true,
  logLevel: 'warning',
});
chmodSync(OUTPUT, 0o755);
copyPrebuilt();
writeBillOfMaterials({
  name: 'of-gateway',
  description: 'A gateway with the REST API of OpenFaaS, for one machine',
  version,
  file: OUTPUT,
  metafiles: [metafile, ui.metafile],
});

/**
 * The store of queued calls is LevelDB, whose binaries lie beside the bundle, where its loader looks for them.
 * The JavaScript before them is in the bundle.
 */
function copyPrebuilt(): void {
  for (const system of ['linux-x64', 'linux-arm64', 'darwin-x64+arm64']) {
    const from = path.join('node_modules/classic-level/prebuilds', system);
    cpSync(from, path.join('dist/prebuilds', system), { recursive: true });
  }
}

/** COMMIT, where there is no repository to ask: in the build of the image. */
function commit(): string {
  const given = process.env['COMMIT'];
  if (given) return given;
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown'; // an archive of the sources, without git
  }
}
