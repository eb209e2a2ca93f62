import type { ServerResponse } from 'node:http';
import { DIGITS } from '../../../common/http/field-lines.ts';

/** A response with private fields of Node: the head as text, the length in it, and whether a body may follow. */
interface FramedResponse extends ServerResponse {
  readonly _header?: string | null;
  readonly _contentLength?: number | null;
  readonly _hasBody?: boolean;
}

const FRAMING_FIELD = /\r\n(content-length|transfer-encoding): ?([^\r]*)/gi;

/**
 * Finds what would leave the client of a function in this process without an answer, or with one whose end it cannot
 * find. Node sends such heads as they are.
 * @param response whose head was not sent yet
 * @returns the reason; undefined where the head can be sent
 */
export function headFault(response: ServerResponse): string | undefined {
  const { statusCode } = response;
  if (statusCode < 200 && statusCode > 99) return `the status ${statusCode} is an interim one`;
  if (hasNoBody(response)) return undefined;
  const { lengths, codings } = framingOf(response);
  if (lengths.length > 1) return 'there is more than one Content-Length';
  if (lengths.length > 0 && codings.length > 0)
    return 'Content-Length and Transfer-Encoding exclude each other';
  if (!lengths.every((length) => DIGITS.test(length)))
    return `Content-Length is no number: ${lengths.join()}`;
  if (!codings.every((coding) => /\bchunked$/i.test(coding)))
    return `Transfer-Encoding does not end with chunked: ${codings.join()}`;
  return undefined;
}

/**
 * @returns how many bytes the head says that the body has; undefined where it does not, where the client does not go by
 * it, and where the function has asked Node to break off a body of another length (`strictContentLength`)
 */
export function announcedLength(response: ServerResponse): number | undefined {
  const { _header: head, _contentLength: stored } = response as FramedResponse;
  if (hasNoBody(response) || response.chunkedEncoding || response.strictContentLength) return undefined;
  if (typeof head === 'string') return stored ?? undefined;
  const length = response.getHeader('content-length');
  return length === undefined || response.hasHeader('transfer-encoding') ? undefined : Number(length);
}

function hasNoBody(response: FramedResponse): boolean {
  return response._hasBody === false || response.statusCode === 204 || response.statusCode === 304;
}

/** Gives the values of the fields that frame a response, of the head as text or as it was set so far. */
function framingOf(response: FramedResponse): { lengths: string[]; codings: string[] } {
  const { _header: head } = response;
  if (typeof head !== 'string')
    return {
      lengths: valuesOf(response.getHeader('content-length')),
      codings: valuesOf(response.getHeader('transfer-encoding')),
    };
  const lengths: string[] = [];
  const codings: string[] = [];
  FRAMING_FIELD.lastIndex = 0;
  for (let field = FRAMING_FIELD.exec(head); field; field = FRAMING_FIELD.exec(head))
    (field[1]?.length === 'content-length'.length ? lengths : codings).push(field[2] ?? '');
  return { lengths, codings };
}

function valuesOf(value: number | string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [String(value)];
}
