import http from 'node:http';

export interface RequestOptions {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  /** The body, or a function that writes it (and ends the request). */
  readonly body?: string | Buffer | ((request: http.ClientRequest) => void);
  readonly agent?: http.Agent;
  /** Milliseconds after which the request is given up. */
  readonly deadlineMs?: number;
  readonly onInformation?: (information: Informational) => void;
  readonly onResponse?: (response: http.IncomingMessage) => void;
  readonly onChunk?: (chunk: Buffer) => void;
}

interface Informational {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
}

/** An answer with all its parts. */
export interface Answer {
  /** 0 where no response came. */
  readonly status: number;
  readonly reason: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly trailers: NodeJS.Dict<string>;
  readonly informational: readonly Informational[];
  readonly body: Buffer;
  readonly text: string;
  /** Whether the response began and ended before it was whole. */
  readonly aborted: boolean;
  /** Why no response came. */
  readonly error: string | undefined;
  /** Milliseconds from the start to the end. */
  readonly ms: number;
  readonly firstByteMs: number | undefined;
  /** When each piece of the body came. */
  readonly chunkTimes: readonly number[];
}

/** One HTTP request to a local port, over a fresh connection unless an agent is given. Never rejects. */
export function request(port: number, options: RequestOptions = {}): Promise<Answer> {
  const { method = 'GET', path = '/', headers = {}, body, agent = false, deadlineMs = 15_000 } = options;
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  const informational: Informational[] = [];
  const chunks: Buffer[] = [];
  const chunkTimes: number[] = [];

  return new Promise((resolve) => {
    const sent = http.request({
      host: '127.0.0.1',
      port,
      method,
      path,
      headers,
      agent,
      maxHeaderSize: 4 << 20,
    });
    const timer = setTimeout(() => sent.destroy(new Error('the deadline of the test passed')), deadlineMs);
    const finish = (response: http.IncomingMessage | undefined, error?: NodeJS.ErrnoException): void => {
      clearTimeout(timer);
      const all = Buffer.concat(chunks);
      resolve({
        status: response?.statusCode ?? 0,
        reason: response?.statusMessage ?? '',
        headers: response?.headers ?? {},
        rawHeaders: response?.rawHeaders ?? [],
        trailers: response?.trailers ?? {},
        informational,
        body: all,
        text: all.toString(),
        aborted: response !== undefined && !response.complete,
        error: error && (error.code ?? error.message),
        ms: elapsed(),
        firstByteMs: chunkTimes[0],
        chunkTimes,
      });
    };
    sent.on('information', (information) => {
      const seen = { status: information.statusCode, headers: information.headers };
      informational.push(seen);
      options.onInformation?.(seen);
    });
    sent.on('error', (error) => finish(undefined, error));
    sent.on('response', (response) => {
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        chunkTimes.push(elapsed());
        options.onChunk?.(chunk);
      });
      response.on('end', () => finish(response));
      response.on('error', () => finish(response));
      options.onResponse?.(response);
    });
    if (typeof body === 'function') body(sent);
    else sent.end(body);
  });
}
