import type { StoreUser } from '../call-store.ts';
import { idOf, unpackedCall } from './call-stream.ts';
import type { NatsSession } from './nats-session.ts';

export interface Reconciled {
  readonly user: StoreUser;
  /** Whether a call is being published, or runs. Such a call is left alone. */
  readonly isAway: (id: string) => boolean;
  /** Tells that a call has ended whose message is still in the stream. */
  readonly ended: (subject: string) => void;
}

/** How many messages are fetched at a time. */
const AT_A_TIME = 100;

/**
 * Compares the known calls with those in the stream, after a start and after each reconnect, and reports differences.
 */
export async function reconcile(
  { manager }: NatsSession,
  stream: string,
  { user, isAway, ended }: Reconciled,
): Promise<void> {
  const known = user.unfinished().map(({ id }) => id);
  const { state } = await manager.streams.info(stream, { subjects_filter: `${stream}.>` });
  const subjects = new Map(Object.keys(state.subjects ?? {}).map((subject) => [idOf(subject), subject]));
  for (const id of known) if (!subjects.has(id) && !isAway(id)) user.lose(id);
  const unknown: string[] = [];
  for (const [id, subject] of subjects) {
    if (isAway(id)) continue;
    const record = user.find(id);
    if (!record) unknown.push(subject);
    else if (record.finishedAt !== undefined) ended(subject);
  }
  const adopt = async (subject: string): Promise<void> => {
    const message = await manager.streams.getMessage(stream, { last_by_subj: subject });
    const call = message && unpackedCall(message.data);
    if (call && call.record.id === idOf(subject)) user.adopt(call.record, call.replaces);
  };
  for (let first = 0; first < unknown.length; first += AT_A_TIME)
    await Promise.all(unknown.slice(first, first + AT_A_TIME).map(adopt));
}
