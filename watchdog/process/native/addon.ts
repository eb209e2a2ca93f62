/**
 * The functions of addon.c. Every number may be a negative errno. Files are descriptors; blocks are strings one after
 * the other, each with a NUL at its end.
 */
export interface NativeAddon {
  readonly version: number;
  /**
   * Call it once, before anything else.
   * @param events filled before each callback: pairs of a process's number and its event
   * @param onEvents gets the number of pairs
   */
  start(events: Int32Array, onEvents: (count: number) => void): number;
  /**
   * Starts a process that leads a process group, and a session too where the watchdog has a terminal.
   * @param paths to try to execute, in this order
   * @param result gets stdin, stdout, stderr (-1 where merged), a descriptor of the process, and its slot
   * @returns the process id
   */
  spawn(
    paths: Buffer,
    argv: Buffer,
    constantEnvironment: Buffer,
    environment: Buffer,
    merge: number,
    process: number,
    result: Int32Array,
  ): number;
  /** Reports WRITABLE for the file from now on. */
  watchWritable(file: number, process: number): number;
  read(file: number, into: Buffer): number;
  write(file: number, from: Buffer, offset: number): number;
  close(file: number): number;
  /**
   * Makes a pipe.
   * @param result gets the end to read from and the end to write to
   */
  pipe(result: Int32Array): number;
  /**
   * Waits for a process that has exited, and frees its slot (-1: it has none).
   * @param result gets the exit code, the signal, and the errno with which its program was not executed
   * @returns 1, or 0 where it has not exited
   */
  reap(pid: number, slot: number, result: Int32Array): number;
  kill(pid: number, signal: number): number;
  /** Makes the watchdog the parent of orphans among its descendants. */
  adopt(): number;
  /** @returns the id of a child that has exited and was not waited for, 0 where there is none */
  exitedChild(): number;
  /** Gives freed memory back to the system, where the C library is glibc, which keeps much of it. */
  trim(): number;
}

/** The `version` of the addon's interface that this code needs. */
export const INTERFACE_VERSION = 3;

/** The events of a process. */
export const OUTPUT_READABLE = 0;
export const ERRORS_READABLE = 1;
export const WRITABLE = 2;

/** The most pairs in one callback. */
export const MOST_EVENTS = 64;
