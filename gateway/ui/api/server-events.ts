export interface ServerEvent {
  readonly name: string;
  readonly data: unknown;
}

/**
 * Reads a stream of server-sent events whose data is JSON. The browser's own EventSource would hide a status such as
 * 401.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent, void> {
  let text = '';
  for await (const piece of textOf(body)) {
    text += piece;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const name = /^event: (.*)$/m.exec(event)?.[1] ?? 'message';
      const data = /^data: (.*)$/m.exec(event)?.[1] ?? '{}';
      yield { name, data: JSON.parse(data) as unknown };
    }
  }
}

/** Reads a body as UTF-8 text, piece by piece as it arrives. */
export async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
