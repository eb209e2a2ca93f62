import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import { runTool } from '../tools/run-tool.ts';
import { ENGINES, type Engine } from './names.ts';

const QUERY_TIMEOUT = 30_000;

/** The engine to build with: `--engine`, else OFKIT_ENGINE, else the first of docker, podman and buildah there is. */
export async function chooseEngine(host: Host, given: Engine | undefined): Promise<Engine> {
  const wanted = given ?? host.environment.OFKIT_ENGINE;
  if (wanted) {
    const engine = ENGINES.find((name) => name === wanted);
    if (!engine) throw new KitError('USAGE', `OFKIT_ENGINE=${wanted} is none of ${ENGINES.join(', ')}`);
    if (await isInstalled(host, engine)) return engine;
    throw new KitError('TOOL_MISSING', `${engine} is not installed: install it, or choose another --engine`);
  }
  for (const engine of ENGINES) {
    if (await isInstalled(host, engine)) return engine;
  }
  throw new KitError(
    'TOOL_MISSING',
    'no container engine (docker, podman, buildah) is installed: install one, or use "ofkit run", which needs none',
  );
}

async function isInstalled(host: Host, engine: Engine): Promise<boolean> {
  try {
    return (await query(host, engine, ['--version'])).ok;
  } catch (error) {
    if (error instanceof KitError && error.code === 'TOOL_MISSING') return false;
    throw error;
  }
}

/** Whether the engine has an image of this name. */
export async function hasImage(host: Host, engine: Engine, image: string): Promise<boolean> {
  const args = engine === 'buildah' ? ['inspect', '--type', 'image', image] : ['image', 'inspect', image];
  return (await query(host, engine, args)).ok;
}

function query(host: Host, engine: Engine, args: readonly string[]): Promise<{ ok: boolean }> {
  return runTool(host, engine, args, {
    cwd: host.folder,
    timeout: QUERY_TIMEOUT,
    wayOut: `install ${engine}`,
  });
}
