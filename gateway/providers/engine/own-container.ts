import { readFile } from 'node:fs/promises';
import { EngineError, type EngineClient } from './client/engine-client.ts';
import { CONTAINER, type Container } from './wire.ts';

/**
 * A mount of such a file (proc(5), mountinfo: the fourth field is where it comes from, the fifth where it is). In a pod
 * only the first is the container's own.
 */
const OWN_FILE =
  /^\S+ \S+ \S+ \S*containers\/([0-9a-f]{64})\/\S* \/(run\/\.containerenv|etc\/hostname|etc\/hosts|etc\/resolv\.conf) /gm;

/**
 * The container that the gateway itself runs in, where that is one of the engine's: engines put files of their own into
 * each, from a folder that has its id.
 */
export async function ownContainer(client: EngineClient): Promise<Container | undefined> {
  for (const id of await ownIds()) {
    try {
      return await client.read('GET', `/containers/${id}/json`, CONTAINER);
    } catch (thrown) {
      if (!(thrown instanceof EngineError)) throw thrown; // another engine's
    }
  }
  return undefined;
}

/**
 * The container whose network is the gateway's: its own, or that of its pod.
 * @returns undefined where that is the machine's
 */
export function networkOwner(own: Container): string | undefined {
  const { NetworkMode } = own.HostConfig;
  if (NetworkMode === 'host') return undefined;
  return /^container:(.+)$/.exec(NetworkMode)?.[1] ?? own.Id;
}

/** What the container may be called that the gateway runs in: empty where it runs in none. */
export async function ownIds(): Promise<ReadonlySet<string>> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const found = [...mounts.matchAll(OWN_FILE)].sort((a, b) => Number(isOwn(b[2])) - Number(isOwn(a[2])));
  return new Set(found.map((match) => match[1] ?? ''));
}

/** The path that the engine knows a file of the gateway's by. @returns undefined where the engine cannot see it */
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
