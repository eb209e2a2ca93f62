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

/** A request to the API, as its handler gets it. */
export interface Call {
  /** The name in the path, such as that of a function; '' where the route has none. */
  readonly subject: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The caller's address, without its port. */
  readonly remoteAddress: string;
  /** The caller's login; undefined where the route needs none. */
  readonly principal: Principal | undefined;
  /** Aborts when the client has gone, or the gateway ends. */
  readonly signal: AbortSignal;
  readonly hasBody: boolean;
  /** @throws GatewayError REQUEST_INVALID, BODY_TOO_LARGE */
  readJson<T>(shape: Shape<T>): Promise<T>;
}

/** The parts of the gateway that handlers work with. */
export interface ApiContext {
  readonly provider: Provider;
  readonly metrics: GatewayMetrics;
  readonly queue: CallQueue;
  readonly scheduler: Scheduler;
  readonly observer: Observer;
  /** Undefined with basic_auth=false. */
  readonly login: Login | undefined;
  readonly index: FunctionIndex;
  readonly timeouts: { readonly read: number; readonly write: number; readonly upstream: number };
  readonly defaultNamespace: string;
  /** Writes a warning to the gateway's log. */
  warn(line: string): void;
}

export type Handler = (call: Call, context: ApiContext) => Promise<Answer> | Answer;
