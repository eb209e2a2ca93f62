import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A provider of OpenFaaS's REST API with one function, `fn`, which it is itself. */
export interface BenchProvider {
  readonly url: string;
  /** What the function does with a call; until it is set it answers none. */
  onCall: (request: IncomingMessage, response: ServerResponse) => void;
  close(): void;
}

const FUNCTION = {
  name: 'fn',
  namespace: 'openfaas-fn',
  image: 'x',
  replicas: 1,
  availableReplicas: 1,
  labels: {},
  annotations: {},
  createdAt: new Date(0).toISOString(),
};

export async function startProvider(): Promise<BenchProvider> {
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    request.resume();
    if (url.startsWith('/function/')) return provider.onCall(request, response);
    const json = (value: unknown): unknown =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    if (url.startsWith('/system/functions')) return json([FUNCTION]);
    if (url.startsWith('/system/function/')) return json(FUNCTION);
    if (url.startsWith('/system/namespaces')) return json([FUNCTION.namespace]);
    return json({ provider: 'bench', orchestration: 'bench', version: { release: '0', sha: '0' } });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const provider: BenchProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    onCall: () => undefined,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return provider;
}
