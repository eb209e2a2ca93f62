import type { TestCall } from './test-call.ts';

/** How a call ended. */
export interface CallOutcome {
  /** 0 where no answer came; then `reason` says why. */
  readonly status: number;
  readonly reason: string;
  readonly milliseconds: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly bytes: ArrayBuffer;
}

/** @returns the headers of a call, from the form */
export function headersOf({ headers, isJson, isAsync, callback }: TestCall): [string, string][] {
  const pairs = headers
    .split('\n')
    .map((line) => /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line))
    .filter((match) => match !== null)
    .map((match): [string, string] => [match[1] ?? '', match[2] ?? '']);
  const isTyped = pairs.some(([name]) => name.toLowerCase() === 'content-type');
  if (isJson && !isTyped) pairs.push(['Content-Type', 'application/json']);
  if (isAsync && callback !== '') pairs.push(['X-Callback-Url', callback]);
  return pairs;
}

/** @returns the path and query of a call, below the gateway's root */
export function targetOf(name: string, { isAsync, path }: TestCall): string {
  const rest = path === '' || path.startsWith('/') || path.startsWith('?') ? path : `/${path}`;
  return `/${isAsync ? 'async-function' : 'function'}/${name}${rest}`;
}

/** Calls a function, without the cookie of the login. Never rejects: an error becomes an outcome of status 0. */
export async function sendCall(
  name: string,
  call: TestCall,
  body: Blob | string | undefined,
): Promise<CallOutcome> {
  const begin = performance.now();
  const passed = (): number => performance.now() - begin;
  try {
    const response = await fetch(targetOf(name, call), {
      method: call.isAsync ? 'POST' : call.method,
      headers: headersOf(call),
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'manual',
      ...(body !== undefined && { body }),
    });
    const bytes = await response.arrayBuffer();
    const { status, statusText: reason } = response;
    const text = response.type === 'opaqueredirect' ? 'redirect' : reason;
    return { status, reason: text, milliseconds: passed(), headers: [...response.headers], bytes };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return { status: 0, reason, milliseconds: passed(), headers: [], bytes: new ArrayBuffer(0) };
  }
}
