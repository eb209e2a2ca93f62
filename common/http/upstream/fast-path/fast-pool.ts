import { ConnectionPool } from '../connection-pool.ts';
import type { UpstreamAddress } from '../upstream-address.ts';
import { FastConnection } from './fast-connection.ts';

/** The connections of the fast path to one upstream. */
export class FastPool extends ConnectionPool<FastConnection> {
  constructor(address: UpstreamAddress) {
    super((onIdleClosed) => new FastConnection(address, onIdleClosed));
  }
}
