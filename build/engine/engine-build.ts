import { resolve } from 'node:path';
import { KitError } from '../errors.ts';
import type { Project } from '../project.ts';
import { runTool } from '../tools/run-tool.ts';
import type { Engine } from './engine-names.ts';

/** How long a build may take, in milliseconds. It may install and compile, so it gets an hour. */
const BUILD_TIMEOUT = 3_600_000;

export interface EngineBuild {
  readonly image: string;
  /** The build context. */
  readonly folder: string;
  /** The Dockerfile, where it has an unusual name. */
  readonly dockerfile?: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** The secrets' files, by the id that `--mount=type=secret` of the Dockerfile names. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly noCache: boolean;
  readonly squash: boolean;
  readonly pull: boolean;
  readonly mountSsh: boolean;
}

/**
 * Builds an image.
 * @param onLine gets each line of the engine's output
 * @throws KitError BUILD_FAILED with the whole output of the engine
 */
export async function buildByEngine(
  project: Project,
  engine: Engine,
  build: EngineBuild,
  onLine: (line: string) => void,
): Promise<void> {
  const buildKit = build.mountSsh || Object.keys(build.secrets).length > 0;
  const result = await runTool(project, engine, buildArguments(project, engine, build), {
    cwd: build.folder,
    env: { ...project.environment, ...(buildKit && { DOCKER_BUILDKIT: '1' }) },
    timeout: BUILD_TIMEOUT,
    wayOut: `install ${engine}, or choose another --engine`,
    onLine,
  });
  if (!result.ok) {
    const message = `${engine} could not build ${build.image}: its output stands above`;
    throw new KitError('BUILD_FAILED', message, { output: result.output });
  }
}

/** Makes the arguments that faas-cli gives to docker. */
function buildArguments(project: Project, engine: Engine, build: EngineBuild): string[] {
  const pairs = (flag: string, values: Readonly<Record<string, string | undefined>>): string[] =>
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [flag, `${key}=${value}`]));
  return [
    'build',
    // The own format of podman and buildah has no place for HEALTHCHECK: they would drop it.
    ...(engine === 'docker' ? [] : ['--format', 'docker']),
    ...(build.dockerfile ? ['--file', build.dockerfile] : []),
    ...(build.noCache ? ['--no-cache'] : []),
    ...(build.squash ? ['--squash'] : []),
    ...pairs('--build-arg', {
      http_proxy: project.environment.http_proxy || undefined,
      https_proxy: project.environment.https_proxy || undefined,
      ...build.buildArgs,
    }),
    ...pairs('--label', build.labels),
    ...(build.pull ? ['--pull'] : []),
    ...Object.entries(build.secrets).flatMap(([id, path]) => [
      '--secret',
      `id=${id},src=${resolve(project.folder, path)}`,
    ]),
    '--tag',
    build.image,
    '.',
  ];
}
