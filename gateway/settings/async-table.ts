import { boolean, duration, integer, oneOf, string } from '../../common/settings/parsers.ts';
import { BACKOFFS, type Backoff } from '../async/retry-policy.ts';
import { natsAddress, natsName, queueLimits } from './parsers.ts';
import { optional, setting } from './setting.ts';

/** The settings of queued calls. */
export const ASYNC_SETTINGS = {
  asyncMaxBody: setting({
    names: ['async_max_body'],
    parser: integer(0, 64 << 20, 'a number of bytes up to 67108864'),
    fallback: 1 << 20,
    line: 'The largest body of an asynchronous call, in bytes.',
  }),
  asyncMaxCalls: setting({
    names: ['async_max_calls'],
    parser: integer(1, 10_000_000, 'a whole number from 1'),
    fallback: 100_000,
    line: 'How many asynchronous calls may wait or run. Further calls are answered with 503.',
  }),
  asyncMaxBytes: setting({
    names: ['async_max_bytes'],
    parser: integer(1, Number.MAX_SAFE_INTEGER, 'a number of bytes'),
    fallback: 1 << 30,
    line: 'How many bytes the bodies and headers of these calls may have together.',
  }),
  asyncMaxInflight: setting({
    names: ['async_max_inflight', 'max_inflight'],
    parser: integer(1, 100_000, 'a whole number from 1'),
    fallback: 50,
    line: 'How many calls of each queue run at a time. A function without a running call may always start one.',
  }),
  asyncQueues: setting({
    names: ['async_queues'],
    parser: queueLimits,
    fallback: new Map(),
    fallbackText: 'none',
    line: 'The same limit for single queues (annotation `com.openfaas.queue`): `slow=2,fast=200`.',
  }),
  asyncKeepFor: setting({
    names: ['async_keep_for'],
    parser: duration('over zero'),
    fallback: 24 * 3_600_000,
    line: 'How long `/system/async` lists calls that have ended. The bodies of dead calls are kept as long.',
  }),
  asyncKeepMost: setting({
    names: ['async_keep_most'],
    parser: integer(0, 1_000_000, 'a whole number'),
    fallback: 10_000,
    line: 'How many of these it lists; as many dead calls in addition, with at most `async_max_bytes` of bodies.',
  }),
  natsUrl: optional({
    names: ['nats_url'],
    parser: natsAddress,
    fallbackText: 'none: the queue is in `state_dir`',
    line: 'A NATS server with JetStream that keeps asynchronous calls: `nats://[USER:PASSWORD@]HOST:4222`, several separated by commas, `tls://` for TLS.',
  }),
  natsCredentials: optional({
    names: ['nats_credentials'],
    parser: string,
    fallbackText: 'none',
    line: 'A file with credentials for that server, as nsc makes them.',
  }),
  natsStream: setting({
    names: ['nats_stream'],
    parser: natsName,
    fallback: 'OF_GATEWAY',
    line: 'The stream for the calls there. Each gateway needs one of its own.',
  }),
  ackWait: setting({
    names: ['ack_wait'],
    parser: duration('over zero'),
    fallback: 60_000,
    line: 'How long NATS leaves a call to a gateway that does not report. It does not limit calls, as the gateway reports while one runs.',
  }),
  strictAsync: setting({
    names: ['strict_async'],
    parser: boolean,
    fallback: true,
    line: 'Whether an asynchronous call of a function that is not deployed is answered with 404. With `false` it is queued.',
  }),
  retryAttempts: setting({
    names: ['retry_attempts'],
    parser: integer(1, 1000, 'a whole number from 1 to 1000'),
    fallback: 10,
    line: 'How often an asynchronous call is tried in all, unless the function has an annotation for it.',
  }),
  retryBackoff: setting<Backoff>({
    names: ['retry_backoff'],
    parser: oneOf(BACKOFFS),
    fallback: 'exponential',
    line: 'How the waits between tries are randomised: `exponential` not at all, `full` from 0 to the whole wait, `equal` from half of it to the whole.',
  }),
};
