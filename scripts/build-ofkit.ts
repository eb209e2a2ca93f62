import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { VERSION } from '../build/release.ts';
import type { BundledFile } from '../build/template/bundled-files.ts';
import { writeBillOfMaterials } from './bill-of-materials.ts';
import { BANNER, makeFolderOf } from './bundle.ts';

/** Bundles build/main.ts to dist/ofkit.js: one file that runs without node_modules, templates included. */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTPUT = join(ROOT, 'dist/ofkit.js');
const NOT_BUNDLED = new Set(['node_modules', 'dist', 'coverage', '.DS_Store']);

/** The options of all our bundles. */
const COMMON: BuildOptions = { bundle: true, platform: 'node', target: 'node20.16', legalComments: 'none' };

/** Puts generated modules in the place of those that stand for them in the sources. */
const generated: Plugin = {
  name: 'generated',
  setup({ onLoad }) {
    onLoad({ filter: /build[\\/]template[\\/]bundled-files\.ts$/ }, async () => {
      const files = await bundledFiles(join(ROOT, 'templates'));
      const index = await readFile(join(ROOT, 'templates.json'), 'utf8');
      return { contents: exported({ bundledFiles: files, bundledIndex: index }) };
    });
  },
};

function exported(values: Record<string, unknown>): string {
  return Object.entries(values)
    .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`)
    .join('');
}

async function bundledFiles(folder: string, path = ''): Promise<BundledFile[]> {
  const files: BundledFile[] = [];
  for (const name of (await readdir(join(folder, path))).sort()) {
    const file = join(path, name);
    const stats = await stat(join(folder, file));
    if (NOT_BUNDLED.has(name)) continue;
    if (stats.isDirectory()) files.push(...(await bundledFiles(folder, file)));
    else if (path !== '') files.push(bundled(file, stats.mode & 0o100, await readFile(join(folder, file))));
  }
  return files;
}

/** Modes as git keeps them: a file can be executed or not. */
function bundled(path: string, executable: number, bytes: Buffer): BundledFile {
  const text = bytes.toString('utf8');
  const encoding = Buffer.from(text).equals(bytes) ? 'utf8' : 'base64';
  return { path, mode: executable ? 0o755 : 0o644, content: bytes.toString(encoding), encoding };
}

makeFolderOf(OUTPUT);
const { metafile } = await build({
  ...COMMON,
  entryPoints: [join(ROOT, 'build/main.ts')],
  outfile: OUTPUT,
  minifyWhitespace: true,
  minifySyntax: true,
  format: 'iife',
  plugins: [generated],
  metafile: true,
  banner: { js: BANNER },
});
await chmod(OUTPUT, 0o755);
writeBillOfMaterials({
  name: 'ofkit',
  description: 'Creates, builds and runs OpenFaaS functions',
  version: VERSION,
  file: OUTPUT,
  metafiles: [metafile],
});
