import { ConnectionPool } from '../connection-pool.ts';
import type { UpstreamAddress } from '../upstream-address.ts';
import { UpstreamConnection } from './fast-connection.ts';

/** The connections to one upstream for what is plain. */
export class UpstreamPool extends ConnectionPool<UpstreamConnection> {
  constructor(address: UpstreamAddress) {
    super((onIdleClosed) => new UpstreamConnection(address, onIdleClosed));
  }
}
