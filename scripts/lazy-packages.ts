import { build, type Metafile, type Plugin } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

/** Packages that not every mode needs, and a file that stands for two parts of one. */
const LAZY = /^(?:http-proxy|jose|mime-types|pino|prom-client|send)$|^\.\/undici\.ts$/;

/**
 * Puts packages that are loaded late, if at all, into the bundle as compressed text, each bundled by itself. V8 would
 * read through all of them at each start, which took as long for undici and the table of MIME types as for all the
 * rest. It skips text, and the first import unpacks and compiles it.
 * @param plugins to bundle them with
 * @param onBundled gets esbuild's account of each
 */
export function packed(plugins: Plugin[], onBundled: (metafile: Metafile) => void): Plugin {
  return {
    name: 'lazy-packages',
    setup(setup) {
      setup.onResolve({ filter: LAZY }, async ({ path, importer, resolveDir, pluginData }) => {
        if (pluginData === 'resolved') return undefined;
        const found = await setup.resolve(path, {
          importer,
          resolveDir,
          kind: 'import-statement',
          pluginData: 'resolved',
        });
        return { path: found.path, namespace: 'lazy', errors: found.errors };
      });
      setup.onLoad({ filter: /.*/, namespace: 'lazy' }, async ({ path }) => {
        const { outputFiles, metafile } = await build({
          entryPoints: [path],
          bundle: true,
          write: false,
          metafile: true,
          platform: 'node',
          target: 'node20',
          format: 'cjs',
          minify: true,
          keepNames: true,
          legalComments: 'none',
          plugins,
        });
        onBundled(metafile);
        const code = `(function(module,exports,require){${outputFiles[0]?.text ?? ''}\n})`;
        const name = `fwatchdog:${path.replace(/^.*node_modules\//, '').replace(fileURLToPath(new URL('..', import.meta.url)), '')}`;
        const bytes = brotliCompressSync(code).toString('base64');
        const contents = `
          const { Script } = require('node:vm');
          const { brotliDecompressSync } = require('node:zlib');
          const code = brotliDecompressSync(Buffer.from('${bytes}', 'base64')).toString();
          const script = new Script(code, { filename: ${JSON.stringify(name)} });
          script.runInThisContext()(module, exports, require);`;
        return { contents, loader: 'js' };
      });
    },
  };
}
