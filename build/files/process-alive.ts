import { systemCodeOf } from '../../common/errors.ts';

/** Whether a process with this id runs, whichever user it belongs to. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM';
  }
}
