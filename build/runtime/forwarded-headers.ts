/** Headers that hold for one connection only (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'upgrade', 'expect']);

/**
 * A message's headers as they go on to the next connection, in their order (but Content-Disposition, which comes first)
 * and case. The framing stays: a body that
 * came in chunks goes on in chunks.
 * @param raw name and value by turns
 * @param method of a request; one whose body is not announced has none
 */
export function forwardedHeaders(raw: readonly string[], method?: string): string[] {
  const result: string[] = [];
  const named = new Set<string>();
  for (const [name, value] of pairsOf(raw)) {
    if (name.toLowerCase() === 'connection')
      for (const token of value.split(',')) named.add(token.trim().toLowerCase());
  }
  /** Node takes a Content-Disposition behind Content-Length for UTF-8, and refuses it where that cannot be read. */
  const dispositions: string[] = [];
  let framed = method === undefined || ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE'].includes(method);
  for (const [name, value] of pairsOf(raw)) {
    const lower = name.toLowerCase();
    const framing = lower === 'content-length' || lower === 'transfer-encoding';
    if (HOP_BY_HOP.has(lower) || (named.has(lower) && !framing)) continue;
    framed ||= framing;
    if (lower === 'content-disposition') dispositions.push(name, value);
    else result.push(name, value);
  }
  // Node would announce chunks.
  return [...dispositions, ...result, ...(framed ? [] : ['Content-Length', '0'])];
}

/** Names and values that come by turns, in pairs. */
export function* pairsOf(raw: readonly string[]): Generator<[name: string, value: string]> {
  for (let index = 0; index + 1 < raw.length; index += 2) yield [raw[index] ?? '', raw[index + 1] ?? ''];
}
