import { readFile } from 'node:fs/promises';
import { EngineError, type EngineClient } from './client/engine-client.ts';
import { CONTAINER, type Container } from './engine-answers.ts';

/**
 * Matches the mount of a file that an engine puts into each container (proc(5), mountinfo: the fourth field is the
 * source, the fifth the target). In a pod, only .containerenv comes from the container's own folder.
 */
const OWN_FILE =
  /^\S+ \S+ \S+ \S*containers\/([0-9a-f]{64})\/\S* \/(run\/\.containerenv|etc\/hostname|etc\/hosts|etc\/resolv\.conf) /gm;

/**
 * Finds the container that the gateway itself runs in. Engines put files into each container from a folder that is
 * named by the container's id.
 * @returns undefined where the gateway runs in no container of this engine
 */
export async function ownContainer(client: EngineClient): Promise<Container | undefined> {
  for (const id of await ownIds()) {
    try {
      return await client.read('GET', `/containers/${id}/json`, CONTAINER);
    } catch (thrown) {
      if (!(thrown instanceof EngineError)) throw thrown; // the container of another engine
    }
  }
  return undefined;
}

/**
 * @returns the container whose network the gateway uses: its own, or that of its pod; undefined where it uses the
 * machine's network
 */
export function networkOwner(own: Container): string | undefined {
  const { NetworkMode } = own.HostConfig;
  if (NetworkMode === 'host') return undefined;
  return /^container:(.+)$/.exec(NetworkMode)?.[1] ?? own.Id;
}

/** @returns possible ids of the container that the gateway runs in, the likeliest first; empty where it runs in none */
export async function ownIds(): Promise<ReadonlySet<string>> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const found = [...mounts.matchAll(OWN_FILE)].sort((a, b) => Number(isOwn(b[2])) - Number(isOwn(a[2])));
  return new Set(found.map((match) => match[1] ?? ''));
}

/** @returns the engine's path of a file that the gateway knows by `path`; undefined where the engine cannot see it */
export function pathForEngine(path: string, own: Container | undefined): string | undefined {
  if (!own) return path;
  const mount = [...own.Mounts]
    .sort((a, b) => b.Destination.length - a.Destination.length)
    .find(({ Destination }) => path === Destination || path.startsWith(`${Destination}/`));
  return mount && mount.Source + path.slice(mount.Destination.length);
}

function isOwn(file: string | undefined): boolean {
  return file === 'run/.containerenv';
}
