import net, { type OnReadOpts, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** The parts of Node's sockets that this uses beyond their documented ones. They are alike in Node 20 to 26. */
interface SocketInside {
  _handle: { readonly useUserBuffer?: unknown } | null;
  /** The server that counts the connection. */
  _server: Server | null;
  server: Server | null;
}

/**
 * Makes a socket for an accepted connection that reads into buffers of its user, as net.connect does by its option
 * `onread`; net.Server has no such option. Without it Node allocates 64 KiB for each read, and passes the bytes through a
 * stream: a tenth of the CPU of a small request in http mode, and a quarter of that of an upload.
 * @returns undefined where it cannot be done, as bytes were already read, or Node's sockets have changed inside
 */
export function readInto(accepted: Socket, onread: OnReadOpts): Socket | undefined {
  const from = accepted as unknown as SocketInside;
  const { _handle: handle, _server, server } = from;
  if (typeof handle?.useUserBuffer !== 'function' || accepted.bytesRead > 0) return undefined;
  const { allowHalfOpen, readableHighWaterMark, writableHighWaterMark } = accepted;
  const options = { handle, allowHalfOpen, readableHighWaterMark, writableHighWaterMark, onread };
  const socket = new net.Socket(options as net.SocketConstructorOpts);
  Object.assign(socket, { _server, server });
  from._handle = null;
  from._server = null;
  return socket;
}

/**
 * Makes a socket of `readInto` a stream like any other, for a user who calls `push` with the bytes that are read.
 * Node would stop reading such a socket when it is paused, as a socket is after its last pipe. Then nobody would see
 * the client's end.
 */
export function streamAsUsual(socket: Socket): void {
  const { pause, resume } = Duplex.prototype;
  Object.assign(socket, { pause, resume });
}
