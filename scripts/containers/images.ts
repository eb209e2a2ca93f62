import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';

import { WATCHDOG_IMAGE } from '../../build/release.ts';
import { nodeImage } from './base.ts';

export const TEMPLATES = [
  'node22',
  'node24',
  'node26',
  'ts-http',
  'ts-web',
  'ts-fork',
  'dockerfile',
] as const;

export const BASE = nodeImage('24');

/** The project with a function of each template, named after it. */
export function projectFolder(folder: string): string {
  return join(folder, 'project');
}

/** Builds the image of the watchdog and, by `ofkit build`, one of each template; prints their sizes. */
export async function buildImages(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const project = projectFolder(folder);
  await rm(project, { recursive: true, force: true });
  await mkdir(project, { recursive: true });
  const ofkit = (...args: string[]) =>
    execa(process.execPath, [resolve('dist/ofkit.js'), ...args], { cwd: project, env });
  for (const [index, name] of TEMPLATES.entries()) {
    await ofkit('new', name, '--lang', name, ...(index > 0 ? ['--append', 'stack.yaml'] : []));
  }
  await podman(env, 'rmi', '--ignore', '--force', WATCHDOG_IMAGE);
  console.log('images of all templates, by ofkit build');
  await ofkit('build', '--engine', 'podman', '--parallel', '2');
  await printSizes(env);
}

async function printSizes(env: NodeJS.ProcessEnv): Promise<void> {
  console.log('image              MB    MB beside its base');
  for (const [name, image] of [
    ['watchdog', WATCHDOG_IMAGE],
    ...TEMPLATES.map((template) => [template, `localhost/${template}:latest`]),
  ] as const) {
    const size = await sizeOf(env, image);
    const version = /^node(\d+)$/.exec(name)?.[1] ?? '24';
    const beside = name === 'watchdog' ? size : size - (await sizeOf(env, nodeImage(version)));
    console.log(`${name.padEnd(14)} ${megabytes(size).padStart(6)} ${megabytes(beside).padStart(8)}`);
  }
}

async function sizeOf(env: NodeJS.ProcessEnv, image: string): Promise<number> {
  return Number(await podman(env, 'image', 'inspect', '--format', '{{.Size}}', image));
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}

async function podman(env: NodeJS.ProcessEnv, ...args: string[]): Promise<string> {
  return (await execa('podman', args, { env })).stdout;
}
