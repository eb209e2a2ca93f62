import { wasOutOfMemory } from './memory-limit.ts';

/** How a process ended: one of the two is set. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The texts of Go's syscall package for the signals that end a function in practice. */
const SIGNALS: Readonly<Record<string, string>> = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGQUIT: 'quit',
  SIGILL: 'illegal instruction',
  SIGTRAP: 'trace/breakpoint trap',
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGPIPE: 'broken pipe',
  SIGALRM: 'alarm clock',
  SIGTERM: 'terminated',
};

/**
 * Gives the text of Go for an exit status, which users know from of-watchdog: `exit status 3`, `signal: killed`. It
 * adds whether the container's memory limit ended the process.
 */
export function describeExit(status: ExitStatus): string {
  if (status.signal === 'SIGKILL' && wasOutOfMemory()) {
    return "signal: killed, out of memory: the container's limit was reached";
  }
  if (status.signal !== null) return `signal: ${SIGNALS[status.signal] ?? status.signal}`;
  return `exit status ${status.code ?? 0}`;
}

export function isSuccess(status: ExitStatus): boolean {
  return status.code === 0;
}
