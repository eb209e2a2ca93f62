import { once } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Owner } from '../support/owner.ts';
import { podman } from './container.ts';

/** A registry of one image that asks for a login (OCI Distribution Specification, "Pull"). */
export class Registry {
  /** The paths of the requests that had the login. */
  readonly asked: string[] = [];
  /** `HOST:PORT` */
  readonly name: string;

  /** @param login `USER:PASSWORD` */
  static async start(owner: Owner, image: string, login: string): Promise<Registry> {
    const folder = mkdtempSync(path.join(tmpdir(), 'registry-'));
    owner.after(() => rmSync(folder, { recursive: true, force: true }));
    const policy = path.join(folder, 'policy.json');
    writeFileSync(policy, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
    const files = path.join(folder, 'image');
    await podman('push', '--quiet', '--signature-policy', policy, image, `dir:${files}`);
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    owner.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const registry = new Registry(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
    server.on('request', (request, response) => {
      if (request.headers.authorization !== authorization) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' });
        return response.end();
      }
      const target = request.url ?? '';
      registry.asked.push(target);
      if (/^\/v2\/[^/]+\/manifests\//.test(target)) {
        const manifest = readFileSync(path.join(files, 'manifest.json'));
        const { mediaType } = JSON.parse(manifest.toString()) as { mediaType: string };
        response.writeHead(200, { 'content-type': mediaType, 'content-length': manifest.length });
        return response.end(request.method === 'HEAD' ? undefined : manifest);
      }
      const blob = path.join(files, /\/blobs\/sha256:([0-9a-f]{64})$/.exec(target)?.[1] ?? '-');
      if (existsSync(blob)) return createReadStream(blob).pipe(response);
      response.writeHead(target === '/v2/' ? 200 : 404);
      return response.end();
    });
    return registry;
  }

  private constructor(name: string) {
    this.name = name;
  }
}
