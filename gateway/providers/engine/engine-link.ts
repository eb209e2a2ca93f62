import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../common/errors.ts';
import type { Environment } from '../../../common/settings/read.ts';
import { GatewayError } from '../../errors.ts';
import type { EngineAddress } from './client/engine-address.ts';
import { EngineClient } from './client/engine-client.ts';
import { findEngine } from './client/find-engine.ts';
import { jsonStream } from './client/json-stream.ts';
import { ofState } from './labels.ts';
import { CONTAINERS, EVENT, INFO, type EngineEvent, type ListedContainer } from './wire.ts';

export type EngineInfo = typeof INFO.zero;

export interface EngineLinkOptions {
  /** engine_host; '' to look for one. */
  readonly address: string;
  readonly environment: Environment;
  /** The value of the label of all that is this gateway's. */
  readonly state: string;
  /** Whether it is worth a line of the log that there is none. */
  readonly isNeeded: boolean;
  readonly warn: (line: string) => void;
  /** Called each time the engine is there, before anybody else may use it. */
  readonly onUp: (client: EngineClient, info: EngineInfo) => Promise<void>;
  /** All containers of this gateway, as they are now. */
  readonly onList: (client: EngineClient, containers: readonly ListedContainer[]) => void;
  readonly onEvent: (event: EngineEvent) => void;
}

/** How long after a failure the engine is looked for again, in milliseconds. */
const RETRY_MS = 1000;
/** The same where there is no sign of one. */
const SEARCH_MS = 5000;
/** How often it is asked for all containers: what no event has told is found then. */
const LOOK_MS = 10_000;
const ANSWERS_WITHIN_MS = 10_000;

/** Keeps in touch with the engine: finds it, hears what becomes of containers, and knows whether it is away. */
export class EngineLink {
  readonly #options: EngineLinkOptions;
  readonly #end = new AbortController();
  #client: EngineClient | undefined;
  #isUp = false;
  #isFound = false;
  #away: GatewayError | undefined;
  #waiting: (() => void)[] = [];
  #ended: Promise<void> | undefined;

  constructor(options: EngineLinkOptions) {
    this.#options = options;
  }

  /** Begins to look for the engine. Resolves once it was found, or was not at the first try. */
  async start(): Promise<void> {
    this.#ended ??= this.#keep();
    if (!this.#isUp && !this.#away) await this.#change();
  }

  async stop(): Promise<void> {
    this.#end.abort(new Error('the gateway is ending'));
    this.#tell();
    await this.#ended;
    await this.#client?.close();
  }

  /** Whether there is an engine, be it away. */
  get isFound(): boolean {
    return this.#isFound;
  }

  /** Why the engine cannot be used; undefined where it can. */
  get away(): string | undefined {
    return this.#isUp ? undefined : this.#away?.message;
  }

  /** @throws GatewayError PROVIDER_UNAVAILABLE with the reason */
  get client(): EngineClient {
    if (this.#isUp && this.#client) return this.#client;
    throw this.#away ?? new GatewayError('PROVIDER_UNAVAILABLE', 'the container engine is being looked for');
  }

  /** The engine as it was when it was last there: for what is worth a try though it may be away. */
  get lastClient(): EngineClient | undefined {
    return this.#client;
  }

  /** Waits for the engine for as long as it takes. @throws the signal's reason */
  async untilUp(signal: AbortSignal): Promise<EngineClient> {
    while (!this.#isUp || !this.#client) {
      signal.throwIfAborted();
      this.#end.signal.throwIfAborted();
      await this.#change(signal);
    }
    return this.#client;
  }

  async #keep(): Promise<void> {
    while (!this.#end.signal.aborted) {
      try {
        await this.#stayInTouch();
      } catch (thrown) {
        this.#goAway(thrown);
      }
      await sleep(this.#isFound ? RETRY_MS : SEARCH_MS, undefined, {
        ref: false,
        signal: this.#end.signal,
      }).catch(() => undefined);
    }
  }

  /** Does not return while the engine is there. */
  async #stayInTouch(): Promise<void> {
    const client = await this.#find();
    const touch = new AbortController();
    const signal = AbortSignal.any([touch.signal, this.#end.signal]);
    try {
      const info = await client.read('GET', '/info', INFO, { signal, timeout: ANSWERS_WITHIN_MS });
      // Events come first: what happens while the list is made is heard.
      const events = this.#hear(client, signal);
      await this.#options.onUp(client, info);
      await this.#look(client, signal);
      this.#comeUp();
      await Promise.race([events, this.#keepLooking(client, signal)]);
    } finally {
      touch.abort(new Error('the engine has gone away'));
    }
  }

  async #find(): Promise<EngineClient> {
    const address = await this.#findAddress();
    this.#isFound = address !== undefined;
    if (!address)
      throw new GatewayError(
        'PROVIDER_UNAVAILABLE',
        'no container engine is found: start docker, or podman with "systemctl enable --now podman.socket", or set engine_host',
      );
    if (this.#client?.address.text === address.text) return this.#client;
    await this.#client?.close();
    this.#client = new EngineClient(address);
    return this.#client;
  }

  async #findAddress(): Promise<EngineAddress | undefined> {
    try {
      return await findEngine(this.#options.address, this.#options.environment);
    } catch (thrown) {
      this.#isFound = true; // somebody has said where
      throw thrown;
    }
  }

  async #hear(client: EngineClient, signal: AbortSignal): Promise<void> {
    const filters = JSON.stringify({
      type: ['container'],
      ...(JSON.parse(ofState(this.#options.state)) as object),
    });
    // Podman begins its answer with the first event.
    const body = await client.open('GET', '/events', { query: { filters }, signal, timeout: 0 });
    try {
      for await (const event of jsonStream(body as AsyncIterable<Buffer>, EVENT))
        this.#options.onEvent(event);
    } catch (thrown) {
      throw client.unavailable(messageOf(thrown), thrown);
    }
    throw client.unavailable('it has ended the stream of events');
  }

  async #keepLooking(client: EngineClient, signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(LOOK_MS, undefined, { ref: false, signal });
      await this.#look(client, signal);
    }
  }

  async #look(client: EngineClient, signal: AbortSignal): Promise<void> {
    const query = { all: 'true', filters: ofState(this.#options.state) };
    const request = { query, signal, timeout: ANSWERS_WITHIN_MS };
    this.#options.onList(client, await client.read('GET', '/containers/json', CONTAINERS, request));
  }

  #comeUp(): void {
    if (this.#away && this.#isFound)
      this.#options.warn(`the container engine at ${this.#client?.address.text ?? ''} is back`);
    this.#isUp = true;
    this.#away = undefined;
    this.#tell();
  }

  #goAway(thrown: unknown): void {
    if (this.#end.signal.aborted) return;
    const text = messageOf(thrown);
    const isNews = this.#away?.message !== text && (this.#isFound || this.#options.isNeeded);
    if (isNews) this.#options.warn(text);
    this.#isUp = false;
    this.#away =
      thrown instanceof GatewayError && thrown.code === 'PROVIDER_UNAVAILABLE'
        ? thrown
        : new GatewayError('PROVIDER_UNAVAILABLE', text, { cause: thrown });
    this.#tell();
  }

  /** Resolves when the engine has come or gone, or nobody waits for that any more. */
  #change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal?.removeEventListener('abort', done);
        resolve();
      };
      signal?.addEventListener('abort', done, { once: true });
      this.#waiting.push(done);
    });
  }

  #tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
