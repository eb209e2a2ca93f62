import { realpath } from 'node:fs/promises';
import { IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import mime from 'mime-types';
import send from 'send';
import { messageOf } from '../../common/errors.ts';
import { RequestError } from '../errors.ts';
import type { Exchange } from '../../common/http/exchange/exchange.ts';
import { neverEnds, type Runner, type RunnerContext } from './runner.ts';

/** The file that stands for its folder. */
const INDEX = 'index.html';

/** `mode=static`: files of a folder, by the library `send`: ranges, conditional requests, index.html. */
export class StaticRunner implements Runner {
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

  run(exchange: Exchange): void {
    exchange.body.discard();
    this.#serve(exchange).catch((thrown: unknown) => {
      exchange.fail(new RequestError('INTERNAL', messageOf(thrown), { cause: thrown }));
    });
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

  async #serve(exchange: Exchange): Promise<void> {
    const pathname = exchange.target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/\?.*$/s, '');
    if (await this.#leadsOut(pathname)) {
      exchange.respondText(404, 'Not Found');
      return;
    }
    const { request } = exchange;
    if (!(request instanceof IncomingMessage))
      throw new Error('static files are served by Node’s server alone');
    const stream = send(request, pathname === '' ? '/' : pathname, {
      root: this.#root,
      dotfiles: 'allow',
      etag: true,
      lastModified: true,
      index: [INDEX],
    });
    stream.on('headers', (response: ServerResponse, file: string) => {
      response.setHeader('Content-Type', contentType(file));
    });
    stream.on('directory', () => {
      const location = withSlash(exchange.target);
      exchange.respondText(301, 'Moved Permanently', ['Location', location]);
    });
    stream.on('error', (error: Error & { status?: number; headers?: Record<string, string> }) => {
      const status = error.status ?? 500;
      exchange.respondText(
        status,
        REASONS[status] ?? 'Internal Server Error',
        Object.entries(error.headers ?? {}).flat(),
      );
    });
    exchange.relay(stream);
  }

  /** Whether a symbolic link leads out of the folder. `send` itself sees to the dots of a path. */
  async #leadsOut(pathname: string): Promise<boolean> {
    try {
      const root = await realpath(this.#root);
      const target = await realpath(path.join(root, path.normalize(decodeURIComponent(pathname))));
      const index = await realpath(path.join(target, INDEX)).catch(() => target);
      return !isWithin(root, target) || !isWithin(root, index);
    } catch {
      return false; // there is no such file: `send` says so
    }
  }
}

/**
 * Where a folder that was asked for without its slash is: its last segment with one, and the query, relative to the
 * request's path (RFC 3986, section 5.2), as whoever is in front of the watchdog may have taken the first segments off.
 * So it names no other host: it begins with no slash and no scheme, and has no backslash, which a browser takes for one.
 */
function withSlash(target: string): string {
  const [pathname = '', ...query] = target.split('?');
  const segment = pathname.slice(pathname.lastIndexOf('/') + 1);
  const relative = `${segment.includes(':') ? './' : ''}${segment}/`;
  return [relative, ...query].join('?').replaceAll(/[^!-~]|[\\#"<>]/g, encodeByte);
}

/** @param character one byte of the request's */
function encodeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function isWithin(folder: string, file: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  412: 'Precondition Failed',
  416: 'Range Not Satisfiable',
};

/** The type by the file's name, as Go's mime package has it: JSON carries no charset. */
function contentType(file: string): string {
  const type = mime.contentType(path.extname(file));
  if (type === false) return 'application/octet-stream';
  return type.startsWith('application/json') ? 'application/json' : type;
}
