// The types of a handler, for the editor and the compiler. They belong to the template: change nothing here.

export interface WebContext {
  /** Aborts when the client goes away or the request times out. Pass it to fetch and the like. */
  readonly signal: AbortSignal;
  /** The X-Call-Id that the gateway gave the request. */
  readonly callId: string | undefined;
}

/** The default export: a function, or an object that has it as its method `fetch`. */
export type WebHandler = (request: Request, context: WebContext) => Response | Promise<Response>;
