/** The answer of a handler. The pieces of an iterable body are sent as they come. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer | AsyncIterable<string>;
}

const TEXT = 'text/plain; charset=utf-8';

/** The answer to a change that is durable. Clients accept 200 and 202; OpenFaaS on Kubernetes answers 202. */
export const ACCEPTED: Answer = { status: 202 };

export function json(value: unknown): Answer {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) };
}

export function text(status: number, body: string): Answer {
  return { status, headers: { 'Content-Type': TEXT }, body };
}
