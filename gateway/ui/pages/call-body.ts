import { call } from '../api/client.ts';

/** The body of a dead call, as far as an editor can hold it. */
export interface CallBody {
  /** Only `text` can be edited; `binary` and `large` bodies are not shown as text. */
  readonly kind: 'text' | 'binary' | 'large';
  readonly text: string;
  /** Whether its lines end as those of HTTP do: an editor knows line feeds alone. */
  readonly hasCrlf: boolean;
  /** Bytes. */
  readonly length: number;
}

/** Bytes that are put into an editor at the most. */
const MOST_EDITED = 256 * 1024;

/** @throws ApiError where the gateway does not have it any more */
export async function loadCallBody(callId: string, signal: AbortSignal): Promise<CallBody> {
  const path = `/system/async/${encodeURIComponent(callId)}/body?limit=${MOST_EDITED}`;
  const response = await call('GET', path, { signal });
  const length = Number(response.headers.get('X-Body-Length'));
  if (length > MOST_EDITED) return { kind: 'large', text: '', hasCrlf: false, length };
  return { ...readBody(await response.arrayBuffer()), length };
}

/** Makes the body of the typed text, with the line ends of the old body. */
export function bodyFrom(typed: string, { hasCrlf }: Pick<CallBody, 'hasCrlf'>): string {
  return hasCrlf ? typed.replaceAll('\n', '\r\n') : typed;
}

function readBody(bytes: ArrayBuffer): Pick<CallBody, 'kind' | 'text' | 'hasCrlf'> {
  const binary = { kind: 'binary', text: '', hasCrlf: false } as const;
  try {
    const whole = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const text = whole.replaceAll('\r\n', '\n');
    const hasCrlf = text !== whole;
    // a body that a text field would change by itself is binary
    if (/[^\P{Cc}\t\n]/u.test(text) || bodyFrom(text, { hasCrlf }) !== whole) return binary;
    return { kind: 'text', text, hasCrlf };
  } catch {
    return binary;
  }
}
