import type { Bundles, Group } from './subjects.ts';

const POST = { method: 'POST', body: 'sixteen bytes...' } as const;

/** An interpreter that has to start before it can answer. */
const ECHO = `node -e 'process.stdin.pipe(process.stdout)'`;

/** The modes with a process per request, beside the least that Node can do for one. */
export async function forkGroup(bundles: Bundles): Promise<Group> {
  return {
    title: 'fork modes beside node:http with child_process.spawn (POST through cat)',
    request: POST,
    subjects: [
      await bundles.spawning(),
      await bundles.forkMode('streaming'),
      await bundles.forkMode('serializing'),
      await bundles.forkMode('classic'),
      await bundles.forkMode('streaming', 'streaming by child_process', { native_fork: 'false' }),
    ],
    standingFunction: false,
  };
}

/** What it saves that processes stand ready, where each has an interpreter to start. */
export async function preforkGroup(bundles: Bundles): Promise<Group> {
  const environment = { fprocess: ECHO, cgi_headers: 'false' };
  return {
    title: 'prefork, one client (POST through a Node that is started for each request)',
    request: POST,
    subjects: [
      await bundles.forkMode('streaming', 'without prefork', environment),
      await bundles.forkMode('streaming', 'prefork=4', { ...environment, prefork: '4' }),
    ],
    standingFunction: false,
  };
}
