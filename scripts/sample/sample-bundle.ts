import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The root of the checkout, with a slash at its end. */
export const ROOT = new URL('../../', import.meta.url);

/** The bundle of the watchdog, which `npm run build` makes. */
export const WATCHDOG = fileURLToPath(new URL('dist/fwatchdog.js', ROOT));

/**
 * Makes one JavaScript file of a TypeScript one, so that it runs on Node alone, beside the packages that it imports.
 * @param source path under scripts/
 * @param target path under dist/
 * @returns the path of the new file
 */
export async function bundleScript(source: string, target: string): Promise<string> {
  const outfile = fileURLToPath(new URL(`dist/${target}`, ROOT));
  await build({
    entryPoints: [fileURLToPath(new URL(`scripts/${source}`, ROOT))],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  return outfile;
}
