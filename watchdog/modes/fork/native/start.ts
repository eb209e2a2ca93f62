import { getSystemErrorName } from 'node:util';
import { adoptOrphans } from '../../../process/orphans.ts';
import { ownBlock } from './block.ts';
import { loadAddon, type AddonPlaces } from '../../../process/native/loaded-addon.ts';
import { NativeProcesses } from './processes.ts';

/** Milliseconds for a process that does nothing to end. */
const TRIAL_MS = 2000;

let started: Promise<NativeProcesses> | undefined;

/**
 * Loads the addon and tries it, so that a system call that a sandbox refuses is found out here. It does so once; later
 * calls get the same result.
 * @throws Error with the reason why processes cannot be started with the addon
 */
export function startNative(places: AddonPlaces): Promise<NativeProcesses> {
  started ??= tryOut(places);
  return started;
}

async function tryOut(places: AddonPlaces): Promise<NativeProcesses> {
  const processes = new NativeProcesses(loadAddon(places));
  await trial(processes);
  adoptOrphans(processes.addon, processes);
  return processes;
}

/** Starts a process that has no program to execute, and sees it end. */
function trial(processes: NativeProcesses): Promise<void> {
  const { addon } = processes;
  return new Promise((resolve, reject) => {
    const number = processes.next();
    const result = new Int32Array(5);
    const none = ownBlock({}) ?? Buffer.alloc(0);
    const pid = addon.spawn(none, none, none, none, 1, number, result);
    if (pid < 0) return reject(new Error(`no process can be started: ${getSystemErrorName(pid)}`));
    const [input = -1, output = -1, , descriptor = -1, slot = -1] = result;
    const end = (error?: Error): void => {
      clearTimeout(timer);
      processes.waitedFor(listener);
      processes.delete(number);
      for (const file of [input, output, descriptor]) addon.close(file);
      if (error) reject(error);
      else resolve();
    };
    const reap = (): void => {
      if (addon.reap(pid, slot, result) === 0) return;
      // the child writes the errno of its failure into shared memory: 0 means that this process did not get it
      end(result[2] === 0 ? new Error('a process does not share memory before it is executed') : undefined);
    };
    const listener = { pid, onEvent: reap, reap };
    const timer = setTimeout(() => end(new Error('the end of a process is not reported')), TRIAL_MS);
    processes.add(number, listener);
  });
}
