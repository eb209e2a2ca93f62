import { messageOf } from '../../common/errors.ts';
import { connectNats } from '../async/jetstream/nats-connection.ts';
import type { Settings } from '../settings/table.ts';
import type { Finding } from './finding.ts';

/** Checks whether the NATS server of the setting nats_url answers and has JetStream. No findings where none is set. */
export async function examineNats(settings: Settings): Promise<Finding[]> {
  const { natsUrl: address, natsCredentials: credentials, natsStream: stream } = settings;
  if (!address) return [];
  try {
    const connection = await connectNats({ address, credentials, stream });
    try {
      const { jetstreamManager } = await import('@nats-io/jetstream');
      await (await jetstreamManager(connection)).getAccountInfo();
      const version = connection.info?.version ?? '';
      return [{ verdict: 'ok', line: `NATS ${version} with JetStream at nats_url ${address.text}` }];
    } finally {
      await connection.close();
    }
  } catch (thrown) {
    const why = messageOf(thrown);
    const line = `nats_url ${address.text}: ${why}; start nats-server with JetStream there (-js), or leave nats_url out`;
    return [{ verdict: 'fail', line }];
  }
}
