import type { Stats } from 'node:fs';
import { constants, open, realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import mime from 'mime-types';
import send from 'send';
import { internalError } from '../errors.ts';
import { Exchange } from '../../common/http/exchange/exchange.ts';
import type { RequestOptions } from '../../common/http/exchange/served-request.ts';
import type { Mode } from './mode.ts';
import { neverEnds, type BegunRequest, type Runner, type RunnerContext } from './runner.ts';
import { SNIFFED_BYTES, sniffedType } from './sniffed-type.ts';

/** The file that is served for its folder. */
const INDEX = 'index.html';

const OUTSIDE = Symbol('outside of the folder');

/** Serves the files of a folder by the library `send`: ranges, conditional requests, index.html. */
class StaticRunner implements Runner {
  readonly ended = neverEnds;
  readonly starts = 0;
  readonly #context: RunnerContext;
  readonly #root: string;

  constructor(context: RunnerContext) {
    this.#context = context;
    this.#root = path.resolve(context.settings.staticPath);
  }

  async start(): Promise<void> {
    this.#context.announce(`Serving files at: ${this.#context.settings.staticPath}`);
  }

  isReady(): boolean {
    return true;
  }

  begin(request: IncomingMessage, response: ServerResponse, options: RequestOptions): BegunRequest {
    const exchange = new Exchange(request, response, options);
    return { exchange, run: () => this.#run(exchange, request, response) };
  }

  processIds(): readonly number[] {
    return [];
  }

  async stop(): Promise<void> {
    // no process to stop
  }

  kill(): void {
    // no process to kill
  }

  #run(exchange: Exchange, request: IncomingMessage, response: ServerResponse): void {
    exchange.body.discard();
    this.#serve(exchange, request, response).catch((thrown: unknown) => {
      exchange.fail(internalError(thrown));
    });
  }

  async #serve(exchange: Exchange, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pathname = exchange.target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/\?.*$/s, '');
    const target = await this.#find(pathname);
    if (target === OUTSIDE) return exchange.respondText(404, NOT_FOUND);
    const guessed = target && (await guessType(pathname, target));
    const stream = send(request, pathname === '' ? '/' : pathname, {
      root: this.#root,
      dotfiles: 'allow',
      etag: true,
      lastModified: true,
      index: [INDEX],
    });
    stream.on('file', (_file: string, { size }: Stats) => {
      const { range } = request.headers;
      if (range !== undefined) request.headers.range = withinSize(range, size);
    });
    stream.on('headers', (headed: ServerResponse, file: string) => {
      const named = typeByName(file);
      headed.setHeader('Content-Type', named ?? guessed ?? 'application/octet-stream');
      if (named === undefined) headed.setHeader('X-Content-Type-Options', 'nosniff');
    });
    stream.on('directory', () => {
      const location = withSlash(exchange.target);
      exchange.respondText(301, 'Moved Permanently', ['Location', location]);
    });
    stream.on('error', (error: Error & { status?: number; headers?: Record<string, string> }) => {
      const { status = 500, headers = {} } = error;
      if (status === 416 && headers['Content-Range'] === 'bytes */0') return respondEmpty(exchange, response);
      if (status === 400 && isEncoded(pathname)) return exchange.respondText(404, NOT_FOUND);
      exchange.respondText(
        status,
        REASONS[status] ?? 'Internal Server Error',
        Object.entries(headers).flat(),
      );
    });
    exchange.relay(response, stream);
  }

  /**
   * Follows the symbolic links of a path. `send` itself takes care of dots.
   * @returns `OUTSIDE` where the links lead out of the folder; undefined where there is no such file, which `send` will
   * report
   */
  async #find(pathname: string): Promise<string | typeof OUTSIDE | undefined> {
    try {
      const root = await realpath(this.#root);
      const target = await realpath(path.join(root, path.normalize(decodeURIComponent(pathname))));
      const index = await realpath(path.join(target, INDEX)).catch(() => target);
      return isWithin(root, target) && isWithin(root, index) ? target : OUTSIDE;
    } catch {
      return undefined;
    }
  }
}

/** `mode=static`: the watchdog serves files, and there is no function. */
export const staticMode: Mode = {
  forksPerRequest: false,
  runsInProcess: false,
  logsReason: true,
  takesPath: 'by itself',
  check: () => undefined,
  createRunner: (context) => new StaticRunner(context),
};

/**
 * Gives the place of a folder that was asked for without its slash: its last segment with one, and the query. It is
 * relative to the request's path (RFC 3986, section 5.2), as a proxy may have taken the first segments off. It cannot
 * name another host: it begins with no slash and no scheme, and has no backslash, which a browser takes for a slash.
 */
function withSlash(target: string): string {
  const [pathname = '', ...query] = target.split('?');
  const segment = pathname.slice(pathname.lastIndexOf('/') + 1);
  const relative = `${segment.includes(':') ? './' : ''}${segment}/`;
  return [relative, ...query].join('?').replaceAll(/[^!-~]|[\\#"<>]/g, encodeByte);
}

/** @param character one byte of the request */
function encodeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/**
 * Shortens a suffix of a Range (`-500`: the last 500 bytes) to the size of the file. A longer one means the whole file
 * (RFC 9110, section 14.1.2), but `send` finds no such bytes.
 */
function withinSize(range: string, size: number): string {
  return range.replaceAll(/(?<=[=,]\s*-)\d+/g, (length) => String(Math.min(Number(length), size)));
}

function isWithin(folder: string, file: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

/**
 * Answers a request for a part of an empty file with the whole of it, as Go's server does: some clients ask for a part
 * of every file, and there is none that would be of use.
 */
function respondEmpty(exchange: Exchange, response: ServerResponse): void {
  response.removeHeader('Content-Range');
  exchange.respond(200, [], Buffer.alloc(0));
}

/**
 * Whether a path is one by its form. If it still cannot be read, its bytes are no UTF-8: `send` finds no file of such a
 * name.
 */
function isEncoded(pathname: string): boolean {
  return !/%(?![0-9a-f]{2})|%00/i.test(pathname);
}

const NOT_FOUND = 'Not Found';

const REASONS: Readonly<Record<number, string>> = {
  400: "the path's percent-encoding is no encoding, or holds a NUL",
  403: 'the path leads out of the folder',
  404: NOT_FOUND,
  412: 'Precondition Failed',
  416: 'Range Not Satisfiable',
};

/** Gives the type by the file's name, as Go's mime package does: JSON has no charset, and `.html` is an extension. */
function typeByName(file: string): string | undefined {
  const extension = /\.[^./]*$/.exec(file)?.[0] ?? '';
  const type = mime.contentType(extension);
  if (type === false) return undefined;
  return type.startsWith('application/json') ? 'application/json' : type;
}

/**
 * Guesses the type by a file's first bytes.
 * @param pathname of the request
 * @param file its target, with all links followed
 * @returns undefined where the name tells the type, and where there is no file that can be read
 */
async function guessType(pathname: string, file: string): Promise<string | undefined> {
  if (typeByName(pathname) !== undefined) return undefined;
  try {
    if (!(await stat(file)).isFile()) return undefined;
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(SNIFFED_BYTES), 0, SNIFFED_BYTES, 0);
      return sniffedType(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}
