import { fileURLToPath } from 'node:url';
import { bundleScript } from '../../sample/sample-bundle.ts';

const NAMES = [
  ...(['function-server', 'function-listener', 'bare-server', 'spawn-server'] as const),
  ...(['http-proxy-server', 'reply-from-server', 'relay-server'] as const),
];
type Name = (typeof NAMES)[number];

/** The files of the servers that run beside the watchdog, each bundled to plain JavaScript. */
export type Programs = Readonly<Record<Name, string>>;

/** @returns the paths of the files that it has written */
export async function bundlePrograms(): Promise<Programs> {
  const made = NAMES.map(
    async (name) => [name, await bundleScript(`bench/servers/${name}.ts`, `bench/${name}.mjs`)] as const,
  );
  return Object.fromEntries(await Promise.all(made)) as Record<Name, string>;
}

/** The command line of functions-framework. */
export const FUNCTIONS_FRAMEWORK = fileURLToPath(
  new URL('main.js', import.meta.resolve('@google-cloud/functions-framework')),
);
