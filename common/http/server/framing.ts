import { exchangeError, type HttpError } from '../http-error.ts';
import type { ExchangeRequest } from '../exchange/message.ts';

/**
 * Finds faults that Node's parser accepts, although two servers could read such a request differently (RFC 9112,
 * sections 3.2 and 6.1): no Host header or several, chunks in HTTP/1.0 or beside a length, codings other than chunked,
 * other versions.
 * @returns the reason of the refusal; undefined where the request is correct
 */
export function framingFault(request: ExchangeRequest): HttpError | undefined {
  if (request.httpVersion !== '1.1' && request.httpVersion !== '1.0') {
    return exchangeError('VERSION_UNKNOWN', `HTTP/${request.httpVersion} is not supported: use HTTP/1.1`);
  }
  const coding = request.headers['transfer-encoding'];
  if (coding !== undefined) {
    if (request.httpVersion === '1.0') {
      return exchangeError('REQUEST_MISFRAMED', 'Transfer-Encoding has no meaning in HTTP/1.0');
    }
    if (request.headers['content-length'] !== undefined) {
      return exchangeError('REQUEST_MISFRAMED', 'Content-Length and Transfer-Encoding exclude each other');
    }
    if (coding.toLowerCase() !== 'chunked') {
      return exchangeError(
        'TRANSFER_CODING_UNKNOWN',
        `Transfer-Encoding ${coding} is not supported: use chunked`,
      );
    }
  }
  if (request.headers.host === undefined && request.httpVersion === '1.1')
    return exchangeError('REQUEST_MISFRAMED', 'there is no Host header, which HTTP/1.1 asks for');
  if (countHosts(request.rawHeaders) > 1)
    return exchangeError('REQUEST_MISFRAMED', 'more than one Host header');
  return undefined;
}

function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
}
