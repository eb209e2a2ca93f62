import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider, type Configuration } from 'oidc-provider';
import type { Owner } from './owner.ts';

/** An OpenID Connect provider with a page of its own, at which anybody logs in with the groups that they name. */
export async function startIdentityProvider(
  owner: Owner,
  redirectUris: (issuer: string) => readonly string[],
): Promise<string> {
  let handle: http.RequestListener = (_request, response) => response.end();
  const server = http.createServer((request, response) => handle(request, response));
  owner.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const configuration: Configuration = {
    clients: [
      {
        client_id: 'of-gateway',
        client_secret: 'a-secret-of-the-client',
        redirect_uris: [...redirectUris(issuer)],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
    scopes: ['openid', 'profile', 'email'],
    pkce: { required: () => true },
    // the user types `NAME GROUP GROUP...` as the name
    findAccount: (_context, id) => {
      const [name = '', ...groups] = id.split(' ');
      return { accountId: id, claims: () => ({ sub: id, preferred_username: name, groups }) };
    },
  };
  const provider = new Provider(issuer, configuration);
  handle = provider.callback() as http.RequestListener;
  return issuer;
}
