import { GatewayError } from '../errors.ts';
import type { OidcLogin } from '../auth/oidc-login.ts';
import { sessionCookies } from '../auth/session-cookie.ts';
import type { Answer } from './answer.ts';
import type { ApiContext, Call } from './call.ts';

/** `GET /system/login/oidc`: redirects to the identity provider. */
export async function beginOidc({ headers }: Call, context: ApiContext): Promise<Answer> {
  const { location, cookie } = await oidcOf(context).begin(headers);
  return { status: 303, headers: { Location: location, 'Set-Cookie': cookie, 'Cache-Control': 'no-store' } };
}

/**
 * A page that opens /ui/ by itself. A redirect would not do: browsers send the session's cookie, which is
 * SameSite=Strict, with no request that another site has begun, not even after a redirect.
 */
const GO_ON =
  '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/ui/"><title>of-gateway</title><p><a href="/ui/">Go on</a></p></html>';

/** `GET /system/login/callback`: the browser is back from the identity provider, and gets a session. */
export async function completeOidc({ headers, query }: Call, context: ApiContext): Promise<Answer> {
  const oidc = oidcOf(context);
  const { user, access } = await oidc.complete(headers, query);
  const { login } = context;
  if (!login) throw new GatewayError('ROUTE_UNKNOWN', '404 page not found');
  const token = await login.sessions.issue(user, access, { isRenewed: false });
  const cookies = sessionCookies(headers, token, Math.floor(login.sessions.duration / 1000));
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
      'Set-Cookie': [...cookies, oidc.overCookie(headers)],
    },
    body: GO_ON,
  };
}

function oidcOf({ login }: ApiContext): OidcLogin {
  if (!login?.oidc) throw new GatewayError('ROUTE_UNKNOWN', 'no identity provider is set (oidc_issuer)');
  return login.oidc;
}
