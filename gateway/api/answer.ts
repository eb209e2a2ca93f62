/** What a handler answers. A body in pieces is sent piece by piece as they come. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer | AsyncIterable<string>;
}

const TEXT = 'text/plain; charset=utf-8';

/** A change that is done and durable. Clients take 200 and 202; OpenFaaS on Kubernetes answers 202. */
export const ACCEPTED: Answer = { status: 202 };

export function json(value: unknown): Answer {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) };
}

export function text(status: number, body: string): Answer {
  return { status, headers: { 'Content-Type': TEXT }, body };
}
