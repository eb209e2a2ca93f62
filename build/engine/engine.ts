import { KitError } from '../errors.ts';
import type { Project } from '../project.ts';
import { runTool } from '../tools/run-tool.ts';
import { ENGINES, type Engine } from './engine-names.ts';

const QUERY_TIMEOUT = 30_000;

/**
 * Chooses the engine: `--engine`, else OFKIT_ENGINE, else the first of docker, podman and buildah that is installed.
 * @throws KitError USAGE for an unknown OFKIT_ENGINE, TOOL_MISSING where the engine is not installed
 */
export async function chooseEngine(project: Project, given: Engine | undefined): Promise<Engine> {
  const wanted = given ?? project.environment.OFKIT_ENGINE;
  if (wanted) {
    const engine = ENGINES.find((name) => name === wanted);
    if (!engine) throw new KitError('USAGE', `OFKIT_ENGINE=${wanted} is none of ${ENGINES.join(', ')}`);
    if (await isInstalled(project, engine)) return engine;
    throw new KitError('TOOL_MISSING', `${engine} is not installed: install it, or choose another --engine`);
  }
  for (const engine of ENGINES) {
    if (await isInstalled(project, engine)) return engine;
  }
  throw new KitError(
    'TOOL_MISSING',
    'no container engine (docker, podman, buildah) is installed: install one, or use "ofkit run", which needs none',
  );
}

async function isInstalled(project: Project, engine: Engine): Promise<boolean> {
  try {
    return (await query(project, engine, ['--version'])).ok;
  } catch (error) {
    if (error instanceof KitError && error.code === 'TOOL_MISSING') return false;
    throw error;
  }
}

/** Whether the engine has an image of this name. */
export async function hasImage(project: Project, engine: Engine, image: string): Promise<boolean> {
  const args = engine === 'buildah' ? ['inspect', '--type', 'image', image] : ['image', 'inspect', image];
  return (await query(project, engine, args)).ok;
}

function query(project: Project, engine: Engine, args: readonly string[]): Promise<{ ok: boolean }> {
  return runTool(project, engine, args, {
    cwd: project.folder,
    timeout: QUERY_TIMEOUT,
    wayOut: `install ${engine}`,
  });
}
