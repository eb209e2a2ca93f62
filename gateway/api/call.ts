import type { IncomingHttpHeaders } from 'node:http';
import type { Login } from '../auth/login.ts';
import type { Principal } from '../auth/principal.ts';
import type { FunctionIndex } from '../functions/function-index.ts';
import type { CallQueue } from '../async/call-queue.ts';
import type { Scheduler } from '../schedule/scheduler.ts';
import type { Shape } from '../json/shape.ts';
import type { Observer } from '../observe/observer.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { Provider } from '../providers/provider.ts';
import type { Answer } from './answer.ts';

/** A request to the API, once its route is known and its caller may ask. */
export interface Call {
  /** The part of the path that names something; '' where the route has none. */
  readonly subject: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The caller's address, without its port. */
  readonly remoteAddress: string;
  /** Who asks; undefined where the route is for everybody. */
  readonly principal: Principal | undefined;
  /** Aborts when the client is gone, or the gateway ends. */
  readonly signal: AbortSignal;
  readonly hasBody: boolean;
  /** @throws GatewayError REQUEST_INVALID, BODY_TOO_LARGE */
  readJson<T>(shape: Shape<T>): Promise<T>;
}

/** What handlers work with. */
export interface ApiContext {
  readonly provider: Provider;
  readonly metrics: GatewayMetrics;
  readonly queue: CallQueue;
  readonly scheduler: Scheduler;
  readonly observer: Observer;
  /** Undefined where nobody has to log in. */
  readonly login: Login | undefined;
  readonly index: FunctionIndex;
  readonly timeouts: { readonly read: number; readonly write: number; readonly upstream: number };
  readonly defaultNamespace: string;
  /** Tells the operator of what the caller does not see. */
  warn(line: string): void;
}

export type Handler = (call: Call, context: ApiContext) => Promise<Answer> | Answer;
