import { open } from 'node:fs/promises';
import path from 'node:path';
import { jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

/** What a queue is measured beside: the least that makes a call durable. */

/** Appends and fdatasync, one after the other. @returns records a second, `atOnce` of them with each fdatasync */
export async function fdatasyncLoop(
  folder: string,
  bytes: number,
  atOnce: number,
  seconds: number,
): Promise<number> {
  const file = await open(path.join(folder, 'bare'), 'w');
  const record = Buffer.alloc(bytes * atOnce, 'x');
  const startedAt = performance.now();
  let written = 0;
  while (performance.now() - startedAt < seconds * 1000) {
    await file.write(record);
    await file.datasync();
    written += atOnce;
  }
  await file.close();
  return written / ((performance.now() - startedAt) / 1000);
}

/** Publishes into a stream with file storage, each waiting for its acknowledgement. @returns messages a second */
export async function jetStreamLoop(
  url: string,
  bytes: number,
  clients: number,
  seconds: number,
): Promise<number> {
  const connection = await connect({ servers: url });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'BARE', subjects: ['BARE.>'], storage: StorageType.File });
  const client = jetstream(connection);
  const body = Buffer.alloc(bytes, 'x');
  const startedAt = performance.now();
  let published = 0;
  const publish = async (): Promise<void> => {
    while (performance.now() - startedAt < seconds * 1000) {
      await client.publish('BARE.fn', body);
      published += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, publish));
  const rate = published / ((performance.now() - startedAt) / 1000);
  await connection.close();
  return rate;
}
