import type { Exchange } from '../../common/http/exchange/exchange.ts';
import type { Answer } from '../api/answer.ts';

/** Sends the answer of a handler. Resolves when the connection has taken all of it, or the client has gone. */
export async function sendAnswer(
  exchange: Exchange,
  { status, headers = {}, body = '' }: Answer,
): Promise<void> {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [name, value] : value.flatMap((one) => [name, one]),
  );
  if (typeof body === 'string' || Buffer.isBuffer(body))
    return exchange.respond(status, pairs, Buffer.from(body));
  exchange.sendHead(status, undefined, pairs);
  exchange.flushHead();
  let goOn = (): void => undefined;
  exchange.onOver(() => goOn());
  for await (const piece of body) {
    if (exchange.isOver) return;
    if (exchange.write(Buffer.from(piece))) continue;
    await new Promise<void>((resolve) => {
      goOn = resolve;
      exchange.onceDrained(resolve);
    });
  }
  exchange.end();
}
