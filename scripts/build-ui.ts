import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import type { UiFile } from '../gateway/api/ui-files.ts';

/** The page for browsers, as the gateway serves it. */
export interface Ui {
  readonly files: Readonly<Record<string, UiFile>>;
  readonly metafile: Metafile;
}

/** Bundles gateway/ui: one script, one style sheet, and the page that names them by their hashes. */
export async function buildUi(version: string): Promise<Ui> {
  const { outputFiles, metafile } = await build({
    entryPoints: [
      { in: 'gateway/ui/main.tsx', out: 'app' },
      { in: 'gateway/ui/style/style.css', out: 'app' },
    ],
    outdir: 'ui',
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    format: 'esm',
    target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    define: { OF_GATEWAY_VERSION: JSON.stringify(version) },
    logLevel: 'warning',
  });
  const bundled = (name: string): string => {
    const output = outputFiles.find(({ path }) => path.endsWith(`/${name}`));
    if (!output) throw new Error(`the page was bundled without ${name}`);
    return output.text;
  };
  const files = {
    'app.js': file('text/javascript; charset=utf-8', bundled('app.js')),
    'app.css': file('text/css; charset=utf-8', bundled('app.css')),
    'icon.svg': file('image/svg+xml', readFileSync('gateway/ui/icon.svg', 'utf8')),
  };
  const page = readFileSync('gateway/ui/index.html', 'utf8').replaceAll(
    /(app\.js|app\.css|icon\.svg)/g,
    (name) => `${name}?v=${files[name as keyof typeof files].hash}`,
  );
  return { files: { ...files, 'index.html': file('text/html; charset=utf-8', page) }, metafile };
}

function file(type: string, text: string): UiFile {
  const gzip = gzipSync(text, { level: 9 });
  gzip[9] = 255; // the byte that tells the system it was made on: the same sources make the same bytes
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { type, gzip: gzip.toString('base64'), hash };
}
