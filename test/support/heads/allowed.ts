import { NOT_WHOLE } from './own-reading.ts';
import { isRefusal, type Reading, type Refusal } from './reading.ts';

/** A message that is read in two ways. */
export interface Difference {
  readonly text: string;
  readonly isForHead: boolean;
  readonly own: Reading | Refusal;
  readonly node: Reading | Refusal;
  /** The parts in which the two readings differ. */
  readonly parts: readonly string[];
}

/** A difference that is meant, and why. */
export interface AllowedDifference {
  readonly name: string;
  readonly reason: string;
  covers(difference: Difference): boolean;
}

const TAB_BEHIND: AllowedDifference = {
  name: 'a tab behind a length or a coding',
  reason:
    'blanks around a value are none of it (RFC 9110, section 5.5), and it goes on without them; Node takes a tab for a part',
  covers: ({ text }) =>
    /\n(?:content-length:[\t ]*\d+|transfer-encoding:[\t ]*chunked) *\t[\t ]*\r?\n/i.test(text),
};

/** Heads that the fast path reads, and Node does not. */
const TAKEN: readonly AllowedDifference[] = [
  {
    name: 'line feeds',
    reason:
      'shell scripts end the lines of a response’s head so, and of-watchdog reads them; where it ends is not in doubt',
    covers: ({ text }) => headsOf(text).some((head) => /(?<!\r)\n/.test(head)),
  },
  {
    name: 'blanks and extensions behind a chunk’s size',
    reason: 'servers pad sizes, and of-watchdog reads them; the body goes on in chunks that are ours',
    covers: ({ text }) => /\n[0-9A-Fa-f]{1,12}[\t ]*(?:[\t ]|;[^\r\n]*)\r\n/.test(text),
  },
  TAB_BEHIND,
  {
    name: 'a length or a coding among the trailers',
    reason: 'it says nothing of a body that has been read (RFC 9110, section 6.5.1), and is not passed on',
    covers: ({ own }) =>
      !isRefusal(own) && own.trailers.some((name) => /^(?:content-length|transfer-encoding)$/i.test(name)),
  },
  {
    name: 'a response behind an informational one that ends the connection',
    reason:
      'by HTTP/1.0 or Connection: close Node takes the informational one for the last; what is asked for comes behind it',
    covers: ({ own, text }) =>
      !isRefusal(own) &&
      own.hints.some((hint) => /HTTP\/1\.0 1/.test(text) || hint.some((part) => /\bclose\b/i.test(part))),
  },
];

/** The refusals of a head whose end is not found, or is found further on. */
const UNENDED = [NOT_WHOLE, 'the head of the response cannot be read'];

/** Heads that the fast path refuses, and Node does not. */
const REFUSED: readonly AllowedDifference[] = [
  TAB_BEHIND, // the fast path sees a length or chunks, which the bytes behind the head do not fit
  refused('the response does not begin by HTTP/1.', 'Node reads ICE and RTSP, which no function speaks'),
  refused(
    'blank lines come in the place of a response',
    'Node reads any number of them: what is not bounded is bounded here',
  ),
  refused(
    'the function switches protocols, which nobody asked for',
    'Node’s client ends the connection there too, later',
  ),
  {
    ...refused(
      'a chunk of the response has no size',
      'no size of a body has more than 12 digits, zeros or not',
    ),
    covers: ({ text, own }) =>
      says(own, 'a chunk of the response has no size') && /\n[0-9A-Fa-f]{13,}/.test(text),
  },
  {
    name: 'a bare carriage return that ends a line',
    reason: 'Node 20 takes it for a line break; RFC 9112, section 2.2, has it refused',
    covers: ({ text, own }) => UNENDED.some((said) => says(own, said)) && /\r(?!\n)/.test(text),
  },
];

/** The differences between two readings. */
const READ: readonly AllowedDifference[] = [
  TAB_BEHIND,
  {
    name: 'a connection kept behind a HEAD',
    reason:
      'Node has the body of a response without a length end with the connection, and forgets that HEAD has none',
    covers: ({ parts, isForHead }) => parts.join() === 'isPersistent' && isForHead,
  },
  {
    name: 'a connection kept behind Proxy-Connection',
    reason: 'no standard has it, and no proxy is between the watchdog and its function',
    covers: ({ parts, text }) => parts.join() === 'isPersistent' && /\nproxy-connection:/i.test(text),
  },
];

/** @returns the difference that is meant, or undefined for a fault */
export function allowedDifference(difference: Difference): AllowedDifference | undefined {
  const { own, node } = difference;
  const table = isRefusal(own) ? REFUSED : isRefusal(node) ? TAKEN : READ;
  return table.find((allowed) => allowed.covers(difference));
}

function refused(text: string, reason: string): AllowedDifference {
  return { name: text, reason, covers: ({ own }) => says(own, text) };
}

function says(own: Reading | Refusal, text: string): boolean {
  return isRefusal(own) && own.refused === text;
}

/** The heads of a response and of the informational ones before it. */
function headsOf(text: string): string[] {
  const heads: string[] = [];
  let rest = text;
  for (;;) {
    const head = /^[\r\n]*(HTTP\/1\.[01] (\d)[^]*?\n\r?\n)/.exec(rest);
    if (!head) return heads;
    heads.push(head[1] ?? '');
    if (head[2] !== '1') return heads;
    rest = rest.slice(head[0].length);
  }
}
