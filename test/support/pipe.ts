import { execFileSync } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import net from 'node:net';

export interface Pipe {
  readonly readEnd: net.Socket;
  /** For the process that writes. Close it here once that process has it. */
  readonly writeEnd: number;
}

/** A pipe as a container's runtime makes it, with room for 64 KiB, where Node's own `pipe` is a pair of sockets. */
export function makePipe(file: string): Pipe {
  execFileSync('mkfifo', [file]);
  const readEnd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(file, constants.O_WRONLY);
  return { readEnd: new net.Socket({ fd: readEnd, readable: true, writable: false }), writeEnd };
}
