import { createStore } from '../live/store.ts';

/** The user who has logged in, and what they may do, as `GET /system/session` answers. */
export interface Session {
  /** '' where the gateway asks for no login. */
  readonly user: string;
  readonly access: 'read' | 'write';
  readonly csrfToken?: string;
}

/** The session of this page. `asking`: the gateway has not answered yet. `out`: the user has to log in. */
export const session = createStore<Session | 'asking' | 'out'>('asking');

/** The gateway answered with an error, or not at all: then the status is 0. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Sent {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * Asks the gateway for the session, and puts it into `session`. An answer other than 2xx or 401 changes nothing.
 * @throws ApiError where the gateway does not answer
 */
export async function askSession(): Promise<void> {
  const response = await send('GET', '/system/session', {});
  if (response.ok) session.set((await response.json()) as Session);
  else if (response.status === 401) session.set('out');
}

/**
 * Sends a request to the API.
 * @returns an answer with a 2xx status
 * @throws ApiError for every other status, and where the gateway does not answer
 */
export async function call(method: string, path: string, sent: Sent = {}): Promise<Response> {
  let response = await send(method, path, sent);
  if (response.status === 403 && method !== 'GET' && session.value !== 'out') {
    await askSession(); // another tab may have renewed the session, which changes the token
    response = await send(method, path, sent);
  }
  if (response.ok) return response;
  if (response.status === 401 && path !== '/system/login') session.set('out');
  throw new ApiError(response.status, (await response.text()).trim() || response.statusText);
}

/** @throws ApiError */
export async function getJson<T>(path: string, sent: Sent = {}): Promise<T> {
  return (await (await call('GET', path, sent)).json()) as T;
}

/** @throws ApiError where the gateway does not answer; DOMException where the signal aborts */
async function send(method: string, path: string, { body, signal }: Sent): Promise<Response> {
  const known = session.value;
  const token = typeof known === 'object' ? known.csrfToken : undefined;
  try {
    return await fetch(path, {
      method,
      headers: {
        'X-CSRF-Token': token ?? 'none',
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown;
    throw new ApiError(0, 'The gateway does not answer.');
  }
}
