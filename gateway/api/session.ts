import { GatewayError } from '../errors.ts';
import { object, text } from '../json/shape.ts';
import { readSessionCookie, sessionCookies } from '../auth/session-cookie.ts';
import { json, type Answer } from './answer.ts';
import type { ApiContext, Call } from './call.ts';

/** `GET /system/session`: the user who has logged in. Renews a session that is half over. */
export async function describeSession({ principal, headers }: Call, { login }: ApiContext): Promise<Answer> {
  const { user = '', access = 'read', session } = principal ?? {};
  if (!session || !login) return json({ user, access });
  const { sessions } = login;
  if (!session.isRenewed || session.endsAt - Date.now() > sessions.duration / 2)
    return json({ user, access, csrfToken: session.csrfToken });
  return begun(await sessions.issue(user, access), { headers }, login);
}

const LOGIN = object({ user: text, password: text });

/** `GET /system/login`: the available ways to log in. */
export function tellLogins(_call: Call, { login }: ApiContext): Answer {
  const oidc = login?.oidc?.name;
  return json({ password: login !== undefined, ...(oidc !== undefined && { oidc }) });
}

/** `POST /system/login`: begins a browser's session. */
export async function beginSession(call: Call, { login }: ApiContext): Promise<Answer> {
  const { user, password } = await call.readJson(LOGIN);
  if (!login) throw new GatewayError('ROUTE_UNKNOWN', 'there is no login (basic_auth=false)');
  const token = await login.begin(user, password, call.remoteAddress);
  if (typeof token === 'string') return begun(token, call, login);
  return {
    status: 429,
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'Retry-After': String(token),
      'X-OpenFaaS-Internal': 'of-gateway',
    },
    body: `too many wrong logins: try again in ${token} s\n`,
  };
}

/** `POST /system/logout`: ends a browser's session. */
export async function endSession({ headers }: Call, { login }: ApiContext): Promise<Answer> {
  const token = readSessionCookie(headers);
  if (token !== undefined) await login?.sessions.revoke(token);
  return { status: 204, headers: { 'Set-Cookie': sessionCookies(headers, '', 0) } };
}

async function begun(
  token: string,
  { headers }: Pick<Call, 'headers'>,
  { sessions }: NonNullable<ApiContext['login']>,
): Promise<Answer> {
  const principal = await sessions.read(token);
  const { user, access, csrfToken } = { ...principal, csrfToken: principal?.session?.csrfToken };
  const cookies = sessionCookies(headers, token, Math.floor(sessions.duration / 1000));
  return {
    ...json({ user, access, csrfToken }),
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', 'Set-Cookie': cookies },
  };
}
