import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Exchange } from '../../common/http/exchange/exchange.ts';
import type { ExchangeRequest, ExchangeResponse } from '../../common/http/exchange/message.ts';
import type { ServedRequest } from '../../common/http/exchange/served-request.ts';
import { refuseUpgrade } from '../../common/http/upstream/upgrade.ts';
import type { ClientErrors } from '../../common/http/server/client-errors.ts';
import { declineUpgrade, isRealUpgrade } from '../../common/http/server/decline-upgrade.ts';
import { framingFault } from '../../common/http/server/framing.ts';
import type { ServedBy } from '../../common/http/server/http-server.ts';
import { OpenRequests } from '../../common/http/server/open-requests.ts';
import type { HttpError } from '../../common/http/http-error.ts';
import type { Submissions } from '../async/submissions.ts';
import { refusalOfOrigin, type OriginRules } from '../auth/origin-check.ts';
import { GatewayError } from '../errors.ts';
import { readFunctionName } from '../functions/function-name.ts';
import type { Invoker } from '../invoke/invoker.ts';
import { gatewayManner } from '../invoke/manner.ts';
import type { ApiServer } from './api-server.ts';
import type { Target } from './target.ts';

export interface RequestHandlerParts {
  readonly api: ApiServer;
  readonly invoker: Invoker;
  readonly submissions: Submissions;
  readonly clientErrors: ClientErrors;
  /** Decides which part of the gateway serves a request. */
  readonly readTarget: (requestTarget: string) => Target;
  /** The rules for web pages; undefined at a function's own port, where the function decides. */
  readonly origins: OriginRules | undefined;
  readonly defaultNamespace: string;
  readonly readTimeout: number;
  readonly writeTimeout: number;
}

/** Serves all requests of a port: the invoker gets calls, `Submissions` queued calls, the API everything else. */
export class RequestHandler implements ServedBy {
  readonly #parts: RequestHandlerParts;
  readonly #open = new OpenRequests();

  constructor(parts: RequestHandlerParts) {
    this.#parts = parts;
  }

  /** Closes each connection after its response from now on. Resolves when no request is left, or after `deadlineMs`. */
  drain(deadlineMs: number): Promise<void> {
    return this.#open.drain(deadlineMs);
  }

  readonly handle = (request: ExchangeRequest, response: ExchangeResponse): void => {
    this.#handle(request, response, false);
  };

  readonly handleExpecting = (request: ExchangeRequest, response: ExchangeResponse): void => {
    this.#handle(request, response, true);
  };

  readonly refuseExpectation = (request: IncomingMessage, response: ServerResponse): void => {
    if (this.#parts.clientErrors.isGivenUp(request.socket)) return;
    const text = `Expect: ${request.headers.expect ?? ''} is not supported, only 100-continue`;
    this.#refuse(request, response, framingFault(request) ?? new GatewayError('EXPECTATION_UNKNOWN', text));
  };

  #handle(request: ExchangeRequest, response: ExchangeResponse, expectsContinue: boolean): void {
    const { socket } = request;
    const { clientErrors } = this.#parts;
    if (socket.writableEnded || clientErrors.isGivenUp(socket)) return; // the connection is being closed
    if (this.#open.isClosing) response.shouldKeepAlive = false;
    const exchange = this.#serve(request, response, expectsContinue);
    clientErrors.began(exchange);
    this.#open.began();
    exchange.onSettled(() => this.#open.ended());
  }

  #serve(request: ExchangeRequest, response: ExchangeResponse, expectsContinue: boolean): ServedRequest {
    const { api, invoker, submissions, defaultNamespace, clientErrors } = this.#parts;
    const fault = framingFault(request);
    if (fault) {
      clientErrors.giveUp(request.socket);
      return this.#refuse(request, response, fault);
    }
    const target = this.#parts.readTarget(request.url ?? '/');
    if (target.kind !== 'function' && target.kind !== 'async')
      return api.handle(request, response, target, expectsContinue);
    const refusal = this.#refusalOf(request);
    if (refusal) return this.#refuse(request, response, refusal);
    if (target.kind === 'async')
      return submissions.handle(request, response, {
        name: target.name,
        target: target.target,
        expectsContinue,
      });
    const name = readFunctionName(target.name, defaultNamespace);
    return invoker.handle(request, response, { name, target: target.target, expectsContinue });
  }

  /** Upgrades a connection to a function. A request for any other path is served without the upgrade. */
  upgrade(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { invoker, defaultNamespace } = this.#parts;
    const target = this.#parts.readTarget(request.url ?? '/');
    if (target.kind !== 'function' || !isRealUpgrade(request))
      return declineUpgrade(server, request, socket, head);
    socket.on('error', () => undefined); // the close event follows
    const refusal = framingFault(request) ?? this.#refusalOf(request);
    if (refusal) return refuseUpgrade(socket, gatewayManner, refusal);
    const name = readFunctionName(target.name, defaultNamespace);
    void invoker.upgrade(request, socket, head, { name, target: target.target });
  }

  /** Refuses CONNECT, which asks for a tunnel. */
  refuseConnect(_request: IncomingMessage, socket: Socket): void {
    socket.on('error', () => undefined);
    refuseUpgrade(
      socket,
      gatewayManner,
      new GatewayError('METHOD_NOT_ALLOWED', 'CONNECT is not supported: this is no proxy'),
    );
  }

  #refusalOf({
    headers,
    method = 'GET',
  }: Pick<ExchangeRequest, 'headers' | 'method'>): HttpError | undefined {
    const { origins } = this.#parts;
    const refusal = origins && refusalOfOrigin({ headers, method, kind: 'function' }, origins);
    return refusal === undefined ? undefined : new GatewayError('ORIGIN_REFUSED', refusal);
  }

  #refuse(request: ExchangeRequest, response: ExchangeResponse, error: HttpError): ServedRequest {
    const { readTimeout, writeTimeout } = this.#parts;
    const exchange = new Exchange(request, response, { manner: gatewayManner, readTimeout, writeTimeout });
    exchange.fail(error);
    return exchange;
  }
}
