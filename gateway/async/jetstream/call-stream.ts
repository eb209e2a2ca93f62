import { createHash } from 'node:crypto';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { CallContent, CallRecord } from '../async-call.ts';
import { packed, unpacked } from '../packing.ts';

/** The payload of a message in the stream: a call as it was submitted, and the id of the dead call that it replays. */
export interface StreamedCall extends CallContent {
  readonly record: CallRecord;
  readonly replaces?: string;
}

/**
 * Creates the stream if it does not exist. An existing one is used with the replicas and limits that it has.
 * @throws Error where the existing stream is not a work queue of our subjects
 */
export async function ensureStream(manager: JetStreamManager, stream: string): Promise<void> {
  const { JetStreamApiCodes, JetStreamApiError, DiscardPolicy, RetentionPolicy, StorageType } =
    await import('@nats-io/jetstream');
  const subject = `${stream}.>`;
  try {
    const { config } = await manager.streams.info(stream);
    if (config.retention === RetentionPolicy.Workqueue && config.subjects.includes(subject)) return;
  } catch (thrown) {
    if (!(thrown instanceof JetStreamApiError) || thrown.code !== JetStreamApiCodes.StreamNotFound)
      throw thrown;
    await manager.streams.add({
      name: stream,
      description: 'Queued calls of one of-gateway',
      subjects: [subject],
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      discard: DiscardPolicy.New,
    });
    return;
  }
  throw new Error(
    `the stream ${stream} is not a work queue of the subjects ${subject}: name another by nats_stream`,
  );
}

/**
 * @returns the part of a subject that all calls of one function in one queue share; their consumer is named after it
 */
export function lineOf({ queue, name }: CallRecord): string {
  return [queue, name.namespace, name.name].map(token).join('.');
}

export function subjectOf(stream: string, record: CallRecord): string {
  return `${stream}.${lineOf(record)}.${record.id}`;
}

export function idOf(subject: string): string {
  return subject.slice(subject.lastIndexOf('.') + 1);
}

export function packedCall(record: CallRecord, content: CallContent, replaces?: string): Buffer {
  return packed({ ...content, record, ...(replaces !== undefined && { replaces }) } as StreamedCall);
}

/** @returns undefined for a message that is not a call of this program */
export function unpackedCall(bytes: Uint8Array): StreamedCall | undefined {
  try {
    const call = unpacked<StreamedCall>(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return call && typeof call.record.id === 'string' ? call : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes a text fit for a subject and a consumer's name, where some characters are not allowed: by its hash, if it must.
 */
function token(text: string): string {
  if (/^[-a-z0-9]{1,63}$/.test(text)) return text;
  return `_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}
