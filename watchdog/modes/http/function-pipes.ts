import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { NativeAddon } from '../../process/native/addon.ts';
import { loadAddon, type AddonPlaces } from '../../process/native/loaded-addon.ts';

/** The two ends of a pipe. */
interface Pipe {
  readonly reader: Readable;
  /** The descriptor to give to a process, and to close then. */
  readonly writer: number;
}

export interface FunctionPipes {
  readonly stdout: Pipe;
  readonly stderr: Pipe;
}

/**
 * Makes pipes for a process's stdout and stderr. Node makes sockets instead, which cannot be opened by name: a server
 * that logs to `/dev/stdout`, as nginx's image does, would not start. The native addon makes real pipes.
 * @param places where the addon can be loaded from; undefined to do without
 * @returns undefined where there is none for this system, or no place to load it from
 */
export function makePipes(places: AddonPlaces | undefined): FunctionPipes | undefined {
  if (places === undefined) return undefined;
  try {
    return makeWith(loadAddon(places));
  } catch {
    return undefined; // there is no addon for this system, or no place to load it from
  }
}

function makeWith(addon: NativeAddon): FunctionPipes | undefined {
  const [stdout, stderr] = [new Int32Array(2), new Int32Array(2)];
  if (addon.pipe(stdout) < 0) return undefined;
  if (addon.pipe(stderr) >= 0) return { stdout: toPipe(stdout), stderr: toPipe(stderr) };
  for (const end of stdout) addon.close(end);
  return undefined;
}

export function closeWriters(pipes: FunctionPipes | undefined): void {
  if (!pipes) return;
  closeSync(pipes.stdout.writer);
  closeSync(pipes.stderr.writer);
}

function toPipe([reader = -1, writer = -1]: Iterable<number>): Pipe {
  return { reader: new Socket({ fd: reader, readable: true, writable: false }), writer };
}
