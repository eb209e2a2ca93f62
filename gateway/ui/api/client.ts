import { createStore } from '../live/store.ts';

/** What the gateway says of who has logged in. */
export interface Session {
  /** '' where nobody has to. */
  readonly user: string;
  readonly access: 'read' | 'write';
  readonly csrfToken?: string;
}

/** `asking` until the gateway has said; `out` where one has to log in. */
export const session = createStore<Session | 'asking' | 'out'>('asking');

/** An answer of the gateway's that is not 2xx, or none: then the status is 0. */
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

/** Asks who has logged in; where the gateway does not answer nothing is said of it. */
export async function askSession(): Promise<void> {
  const response = await send('GET', '/system/session', {});
  if (response.ok) session.set((await response.json()) as Session);
  else if (response.status === 401) session.set('out');
}

/**
 * A request to the API.
 * @throws ApiError
 */
export async function call(method: string, path: string, sent: Sent = {}): Promise<Response> {
  let response = await send(method, path, sent);
  if (response.status === 403 && method !== 'GET' && session.value !== 'out') {
    await askSession(); // another tab may have made the session longer, and the token another one
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
