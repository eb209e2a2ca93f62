import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findOwnCgroup, type CgroupPlaces } from '../../../../common/cgroup.ts';
import { messageOf } from '../../../../common/errors.ts';
import type { Deployment } from '../../../functions/deployment.ts';
import { CgroupHolder } from './cgroup-holder.ts';
import { limitsOf } from './function-limits.ts';
import type { LimitHolder } from './limit-holder.ts';
import { MemoryWatch } from './memory-watch.ts';

/** The cgroup that the gateway moves itself into, as a cgroup whose children have limits may contain no processes. */
const OWN = 'of-gateway';
const INSTANCE = 'instance-';

/** Makes instances keep their limits: by the kernel if this process has a cgroup of its own, else by watching them. */
export class ResourceLimiter {
  readonly #folder: string | undefined;
  readonly #why: string;

  private constructor(folder: string | undefined, why: string) {
    this.#folder = folder;
    this.#why = why;
  }

  static async open(places?: CgroupPlaces): Promise<ResourceLimiter> {
    const own = await findOwnCgroup(places);
    if ('why' in own) return new ResourceLimiter(undefined, own.why);
    try {
      await makeRoom(own.folder);
      return new ResourceLimiter(own.folder, '');
    } catch (thrown) {
      return new ResourceLimiter(undefined, `its cgroup cannot be divided: ${messageOf(thrown)}`);
    }
  }

  /** @returns undefined where the function has no limit that can be enforced */
  holderFor(id: string, deployment: Deployment, isInproc: boolean): LimitHolder | undefined {
    const limits = limitsOf(deployment);
    if (!limits) return undefined;
    if (this.#folder !== undefined)
      return new CgroupHolder(path.join(this.#folder, INSTANCE + id), limits, isInproc);
    return limits.bytes === undefined ? undefined : new MemoryWatch(limits, isInproc);
  }

  /** @returns lines for the status of a function: how each of its limits is enforced, or why it is not */
  notes(deployment: Deployment): string[] {
    const limits = limitsOf(deployment);
    if (!limits) return [];
    const memory = limits.bytes === undefined ? undefined : `limits.memory of ${limits.memory}`;
    const cpu = limits.cores === undefined ? undefined : `limits.cpu of ${limits.cpu}`;
    const all = [memory, cpu].filter((text) => text !== undefined);
    if (this.#folder !== undefined) return [`${all.join(' and ')}: held by the kernel (cgroup v2)`];
    return [
      ...(memory === undefined ? [] : [`${memory}: watched by the gateway, as ${this.#why}`]),
      ...(cpu === undefined ? [] : [`${cpu}: has no effect, as ${this.#why}`]),
    ];
  }
}

/** Moves this process into a child of its own cgroup, so that other children can have limits. @throws Error */
async function makeRoom(folder: string): Promise<void> {
  const pids = (await readFile(path.join(folder, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean);
  if (pids.some((pid) => pid !== String(process.pid)))
    throw new Error('other processes are in it too, so let systemd start the gateway, with Delegate=yes');
  const own = path.join(folder, OWN);
  await mkdir(own, { recursive: true });
  for (const pid of pids) await writeFile(path.join(own, 'cgroup.procs'), pid);
  await writeFile(path.join(folder, 'cgroup.subtree_control'), '+memory +cpu');
  const names = await readdir(folder);
  // groups that a gateway left behind when it was killed
  const left = names.filter((name) => name.startsWith(INSTANCE));
  for (const name of left) await rmdir(path.join(folder, name)).catch(() => undefined);
}
