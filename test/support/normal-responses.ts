/** The responses among the bytes that came back, without their varying parts and the places of chunks. */
export function normal(received: string): string[] {
  const found: string[] = [];
  let rest = received;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) return [...found, `no head: ${rest}`];
    // undici leaves the blanks after a value in place
    const lines = rest.slice(0, end).split(/[ \t]*\r\n/);
    rest = rest.slice(end + 4);
    lines[0] = lines[0]?.slice(0, 12) ?? ''; // undici loses the start of a reason that comes in two pieces
    const isOwn = lines.includes('X-OpenFaaS-Internal: of-watchdog');
    // bytes behind a request that are no request: Node's server closes after the answer, or answers them too
    if (isOwn && found.length > 0 && lines[0] === 'HTTP/1.1 400') return found;
    const head = lines.filter((line) => !/^(date|x-duration-seconds|keep-alive):/i.test(line)).sort();
    found.push(head.join('\n').replace(isOwn ? /content-length: .*/i : '', ''));
    if ((lines[0] ?? '').startsWith('HTTP/1.1 1')) continue;
    if (lines.some((line) => /^transfer-encoding: chunked/i.test(line))) {
      const { text, after: behind } = dechunk(rest);
      found.push(text);
      rest = behind;
    } else {
      const length = lines.map((line) => /^content-length: (\d+)/i.exec(line)?.[1]).find(Boolean);
      const isEmpty = /^HTTP\/1\.1 (204|304)/.test(lines[0] ?? '') || rest.startsWith('HTTP/1.1');
      const size = isEmpty ? 0 : Number(length ?? rest.length);
      found.push(isOwn ? 'the watchdog says why' : rest.slice(0, size));
      rest = rest.slice(size);
    }
  }
  return found;
}

function dechunk(from: string): { text: string; after: string } {
  let text = '';
  let rest = from;
  for (;;) {
    const line = /^([0-9a-f]+)\r\n/i.exec(rest);
    if (!line) return { text: `${text}<cut>`, after: '' };
    const size = Number.parseInt(line[1] ?? '', 16);
    rest = rest.slice(line[0].length);
    if (size === 0) break;
    text += rest.slice(0, size);
    rest = rest.slice(size + 2);
  }
  const end = rest.startsWith('\r\n') ? 2 : rest.indexOf('\r\n\r\n') + 4;
  return { text: `${text}<end>${rest.slice(0, end)}`, after: rest.slice(end) };
}
