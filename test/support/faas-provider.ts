import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Owner } from './owner.ts';

interface Deployed {
  readonly service: string;
  readonly namespace: string;
  readonly [field: string]: unknown;
}

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/**
 * A provider of OpenFaaS's REST API that keeps everything in memory, and answers calls of functions itself by repeating
 * the request. It lets tests run a gateway in front of it without any function.
 */
export class FaasProvider {
  readonly requests: Seen[] = [];
  readonly functions = new Map<string, { deployment: Deployed; replicas: number; available: number }>();
  readonly secrets = new Map<string, string>();
  readonly namespaces = new Map<string, unknown>([
    ['openfaas-fn', { name: 'openfaas-fn', labels: {}, annotations: {} }],
  ]);
  /** The logs of every function; a follower waits after them. */
  logLines: unknown[] = [];
  readonly followers = new Set<http.ServerResponse>();
  /** Milliseconds that a function at zero takes until it is ready. */
  startMs = 0;
  /** Answers instead of everything else, where it is set. */
  override: ((request: Seen, response: http.ServerResponse) => boolean) | undefined;
  readonly #server: http.Server;

  private constructor(server: http.Server) {
    this.#server = server;
  }

  static async start(owner: Owner): Promise<FaasProvider> {
    const server = http.createServer();
    const provider = new FaasProvider(server);
    server.on('request', (request, response) => void provider.#serve(request, response));
    owner.after(() => {
      server.close();
      server.closeAllConnections();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How many requests would have changed something. Reads do not count, as the gateway also reads unasked. */
  get changes(): number {
    return this.requests.filter(({ method }) => method !== 'GET').length;
  }

  /** Requests to a path, whatever their query. */
  asked(method: string, path: string): Seen[] {
    return this.requests.filter((one) => one.method === method && one.url.split('?')[0] === path);
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // its client has gone
    }
    const { method = '', url = '', headers, rawHeaders } = request;
    const seen = { method, url, headers, rawHeaders, body: Buffer.concat(chunks).toString() };
    this.requests.push(seen);
    if (this.override?.(seen, response) === true) return;
    const { pathname, searchParams } = new URL(url, 'http://provider');
    const [, area, kind, name] = pathname.split('/');
    const namespace = searchParams.get('namespace') ?? 'openfaas-fn';
    const body = readBody(seen.body);
    if (area === 'healthz') answer(response, 200, 'OK');
    else if (area === 'function') answer(response, 200, seen);
    else if (kind === 'info') answer(response, 200, INFO);
    else if (kind === 'functions') this.#functions(method, namespace, body, response);
    else if (kind === 'function') this.#status(`${name}.${namespace}`, response);
    else if (kind === 'scale-function') this.#scale(`${name}.${namespace}`, body, response);
    else if (kind === 'secrets') this.#secrets(method, namespace, body, response);
    else if (kind === 'logs') this.#logs(searchParams, namespace, response);
    else if (kind === 'namespaces') answer(response, 200, [...this.namespaces.keys()]);
    else if (kind === 'namespace') this.#namespace(method, name ?? '', body, response);
    else answer(response, 404, 'no such path');
  }

  #functions(method: string, namespace: string, body: Body, response: http.ServerResponse): void {
    if (method === 'GET') {
      if (!this.namespaces.has(namespace)) return answer(response, 400, 'namespace not found');
      const all = [...this.functions.values()].filter(({ deployment }) => deployment.namespace === namespace);
      return answer(response, 200, all.map(statusOf));
    }
    const key = `${body['service'] ?? body['functionName']}.${body['namespace'] ?? namespace}`;
    const known = this.functions.get(key);
    if (method === 'POST' && known) return answer(response, 500, `${key} already exists`);
    if (method !== 'POST' && !known) return answer(response, 404, `no function ${key}`);
    if (method === 'DELETE') this.functions.delete(key);
    else this.functions.set(key, { deployment: body as unknown as Deployed, replicas: 1, available: 1 });
    return answer(response, 202, '');
  }

  #status(key: string, response: http.ServerResponse): void {
    const known = this.functions.get(key);
    if (known)
      answer(response, 200, { ...(statusOf(known) as object), usage: { cpu: 12, totalMemoryBytes: 345 } });
    else answer(response, 404, '');
  }

  #scale(key: string, body: Body, response: http.ServerResponse): void {
    const known = this.functions.get(key);
    if (!known) return answer(response, 404, `no function ${key}`);
    known.replicas = Number(body['replicas']);
    setTimeout(() => (known.available = known.replicas), this.startMs);
    return answer(response, 202, '');
  }

  #secrets(method: string, namespace: string, body: Body, response: http.ServerResponse): void {
    if (method === 'GET') {
      const names = [...this.secrets.keys()].map((key) => key.split('/'));
      const all = names.map(([space, name]) => ({ name, namespace: space }));
      return answer(
        response,
        200,
        all.filter((one) => one.namespace === namespace),
      );
    }
    const key = `${body['namespace'] ?? namespace}/${body['name']}`;
    if (method === 'POST' && this.secrets.has(key)) return answer(response, 409, '');
    if (method !== 'POST' && !this.secrets.has(key)) return answer(response, 404, `no secret ${key}`);
    if (method === 'DELETE') this.secrets.delete(key);
    else this.secrets.set(key, Buffer.from(String(body['rawValue'] ?? ''), 'base64').toString());
    return answer(response, 202, '');
  }

  #logs(query: URLSearchParams, namespace: string, response: http.ServerResponse): void {
    if (!this.functions.has(`${query.get('name')}.${namespace}`))
      return answer(response, 404, 'no such function');
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.flushHeaders();
    for (const line of this.logLines) response.write(`${JSON.stringify(line)}\n`);
    if (query.get('follow') !== 'true') return void response.end();
    this.followers.add(response);
    response.on('close', () => this.followers.delete(response));
    return undefined;
  }

  #namespace(method: string, name: string, body: Body, response: http.ServerResponse): void {
    const key = method === 'POST' ? String(body['name']) : name;
    const known = this.namespaces.get(key);
    if (method === 'POST') {
      if (known) return answer(response, 409, `namespace ${key} already exists`);
      this.namespaces.set(key, body);
      return answer(response, 201, '');
    }
    if (!known) return answer(response, 404, `no namespace ${key}`);
    if (method === 'GET') return answer(response, 200, known);
    if (method === 'DELETE') this.namespaces.delete(key);
    else this.namespaces.set(key, body);
    return answer(response, 202, '');
  }
}

type Body = Readonly<Record<string, unknown>>;

const INFO = {
  provider: 'faas-test',
  orchestration: 'memory',
  version: { release: '1.2.3', sha: 'abc' },
};

function statusOf({
  deployment,
  replicas,
  available,
}: {
  deployment: Deployed;
  replicas: number;
  available: number;
}): unknown {
  const { service, ...rest } = deployment;
  return {
    name: service,
    ...rest,
    replicas,
    availableReplicas: available,
    createdAt: '2026-01-31T15:04:05Z',
  };
}

function readBody(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {};
  }
}

function answer(response: http.ServerResponse, status: number, body: unknown): void {
  if (typeof body === 'string') response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
  else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
