import type { Connecting } from '../connecting.ts';
import { ConnectionPool } from '../connection-pool.ts';
import { FastConnection } from './fast-connection.ts';

/** The connections of the fast path to one upstream. */
export class FastPool extends ConnectionPool<FastConnection> {
  constructor(connecting: Connecting) {
    super((onIdleClosed) => new FastConnection(connecting, onIdleClosed));
  }
}
