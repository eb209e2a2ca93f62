import { GatheredBytes } from '../../common/http/exchange/gathered-bytes.ts';
import type { Exchange } from '../../common/http/exchange/exchange.ts';
import { GatewayError } from '../errors.ts';

/** The largest body of a request to the API, in bytes: enough for the largest secret, sent as base64 and as text. */
const LARGEST_BODY = 4 << 20;

/**
 * Reads a whole body. Never settles where the client disconnects first, as the exchange has ended then.
 * @throws GatewayError BODY_TOO_LARGE
 */
export async function readBody({ body, request }: Exchange): Promise<Buffer> {
  if (!body.isAnnounced) return Buffer.alloc(0);
  if (Number(request.headers['content-length'] ?? 0) > LARGEST_BODY) throw tooLarge();
  return new Promise((resolve, reject) => {
    const bytes = new GatheredBytes();
    let length = 0;
    body.flowInto({
      chunk: (chunk) => {
        length += chunk.length;
        if (length > LARGEST_BODY) reject(tooLarge());
        else bytes.push(chunk);
        return true;
      },
      end: () => resolve(bytes.bytes()),
    });
  });
}

function tooLarge(): GatewayError {
  return new GatewayError('BODY_TOO_LARGE', `the body is larger than ${LARGEST_BODY} bytes`);
}
