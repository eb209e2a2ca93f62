import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Owner } from './owner.ts';
import { childrenOf, isAlive, openFilesOf } from './process-table.ts';
import type { RawConnection } from './raw-connection.ts';
import { socketOf } from './tcp-table.ts';
import { until } from './wait.ts';
import { startWatchdog, type StartOptions, type Variables, type Watchdog } from './watchdog.ts';

/** The name of the program that a process runs: of its script, or of the executable with the script inside. */
function programOf(pid: number): string | undefined {
  try {
    return path.basename(readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').at(-2) ?? '');
  } catch {
    return undefined;
  }
}

/** The processes of the watchdog that serve, where there are several: those of its children that run its program. */
export function workersOf(watchdog: Watchdog): number[] {
  const program = programOf(watchdog.pid);
  return childrenOf(watchdog.pid).filter((pid) => isAlive(pid) && programOf(pid) === program);
}

/** A watchdog with two processes that serve. */
export function startWithWorkers(
  owner: Owner,
  variables: Variables,
  options?: StartOptions,
): Promise<Watchdog> {
  return startWatchdog(owner, { workers: '2', ...variables }, options);
}

/** Opens connections until each worker has one; the others are closed again. */
export async function connectToEach(watchdog: Watchdog): Promise<ReadonlyMap<number, RawConnection>> {
  const workers = workersOf(watchdog);
  const takerOf = (connection: RawConnection): number | undefined => {
    const socket = socketOf(watchdog.port, connection.localPort);
    return workers.find((pid) => socket !== undefined && openFilesOf(pid).includes(socket));
  };
  const connections = new Map<number, RawConnection>();
  await until(async () => {
    const connection = await watchdog.connect();
    const taker = await until(() => takerOf(connection), 'a worker to take the connection');
    if (connections.has(taker)) connection.destroy();
    else connections.set(taker, connection);
    return connections.size === workers.length;
  }, 'a connection to each worker');
  return connections;
}
