import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';

/** The mount of cgroup v2, and the file that tells which cgroup this process is in. */
export interface CgroupPlaces {
  readonly mount: string;
  readonly ownGroup: string;
}

const PLACES: CgroupPlaces = { mount: '/sys/fs/cgroup', ownGroup: '/proc/self/cgroup' };

/** The controllers that limits of functions need. */
const NEEDED = ['memory', 'cpu'];

/** The folder of this process's cgroup if it can have children with limits, or the reason why it cannot. */
export type OwnCgroup = { readonly folder: string } | { readonly why: string };

/** Checks whether this process may create cgroups below its own, with limits of memory and CPU. Changes nothing. */
export async function findOwnCgroup({ mount, ownGroup }: CgroupPlaces = PLACES): Promise<OwnCgroup> {
  try {
    const own = /^0::(.*)$/m.exec(await readFile(ownGroup, 'utf8'))?.[1];
    if (own === undefined) return { why: 'this machine has no cgroup v2' };
    const folder = path.join(mount, own);
    const controllers = (await readFile(path.join(folder, 'cgroup.controllers'), 'utf8')).trim().split(' ');
    const missing = NEEDED.filter((name) => !controllers.includes(name));
    if (missing.length > 0) return { why: `the cgroup ${own} has no controller ${missing.join(', ')}` };
    await access(folder, constants.W_OK);
    for (const file of ['cgroup.procs', 'cgroup.subtree_control'])
      await access(path.join(folder, file), constants.W_OK);
    return { folder };
  } catch {
    return { why: 'the gateway has no cgroup v2 of its own' };
  }
}
