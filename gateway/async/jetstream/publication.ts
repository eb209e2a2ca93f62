import { messageOf } from '../../../common/errors.ts';
import { GatewayError } from '../../errors.ts';
import type { NatsLink } from './nats-link.ts';

/** How long NATS may take to confirm a message, in milliseconds. */
const CONFIRMED_WITHIN_MS = 5000;
/** The bytes that a message may have beside its payload. */
const ROOM_FOR_HEADERS = 512;
/** The codes of JetStream's errors for a stream or a server without room. */
const FULL: ReadonlySet<number> = new Set([10_023, 10_047, 10_077, 10_122]);

/**
 * Publishes a message. It is in the stream when this resolves.
 * @throws GatewayError QUEUE_UNREACHABLE (the message may be in the stream all the same), QUEUE_FULL, BODY_TOO_LARGE
 */
export async function publish(link: NatsLink, subject: string, id: string, bytes: Buffer): Promise<void> {
  const { session } = link;
  if (!session) throw link.unreachable();
  const most = session.connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
  if (bytes.length + ROOM_FOR_HEADERS > most)
    throw new GatewayError(
      'BODY_TOO_LARGE',
      `the call is larger than the NATS server's max_payload of ${most} bytes`,
    );
  try {
    await session.within(session.client.publish(subject, bytes, { msgID: id, timeout: CONFIRMED_WITHIN_MS }));
  } catch (thrown) {
    const { JetStreamApiError } = await import('@nats-io/jetstream');
    if (thrown instanceof JetStreamApiError && FULL.has(thrown.code))
      throw new GatewayError('QUEUE_FULL', `NATS takes no more calls (${thrown.message}): try again later`, {
        cause: thrown,
      });
    throw link.unreachable(messageOf(thrown));
  }
}
