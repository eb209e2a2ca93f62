import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../common/errors.ts';
import type { Environment } from '../../../common/settings/read.ts';
import { GatewayError } from '../../errors.ts';
import type { EngineAddress } from './client/engine-address.ts';
import { EngineClient } from './client/engine-client.ts';
import { findEngine } from './client/find-engine.ts';
import { jsonStream } from './client/json-stream.ts';
import { ofState } from './labels.ts';
import { CONTAINERS, EVENT, INFO, type EngineEvent, type ListedContainer } from './engine-answers.ts';

export type EngineInfo = typeof INFO.zero;

export interface EngineLinkOptions {
  /** The setting engine_host; '' to look for an engine. */
  readonly address: string;
  readonly environment: Environment;
  /** The value of the label that all containers and networks of this gateway have. */
  readonly state: string;
  /** Whether a missing engine is worth a warning. */
  readonly isNeeded: boolean;
  readonly warn: (line: string) => void;
  /** Called each time the engine is found, before anything else may use it. */
  readonly onUp: (client: EngineClient, info: EngineInfo) => Promise<void>;
  /** Called with all containers of this gateway, again and again. */
  readonly onList: (client: EngineClient, containers: readonly ListedContainer[]) => void;
  readonly onEvent: (event: EngineEvent) => void;
}

/** The pause after a failure of the engine, in milliseconds. */
const RETRY_MS = 1000;
/** The pause where no engine was found, in milliseconds. */
const SEARCH_MS = 5000;
/** How often all containers are listed, in case an event was missed, in milliseconds. */
const LOOK_MS = 10_000;
const ANSWERS_WITHIN_MS = 10_000;

/** Keeps the connection to the engine: finds it, follows its events, lists its containers, knows whether it answers. */
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

  /** Begins to look for the engine. Resolves after the first try, whether or not it was found. */
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

  /** Whether there is an engine, even if it does not answer at the moment. */
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
    throw (
      this.#away ??
      new GatewayError(
        'PROVIDER_UNAVAILABLE',
        'the container engine is still being looked for: try again later',
      )
    );
  }

  /** The engine that was found last. It may not answer now: for requests that are worth a try all the same. */
  get lastClient(): EngineClient | undefined {
    return this.#client;
  }

  /** Waits for the engine until the signal aborts. @throws the signal's reason */
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

  /** Follows the engine. Throws when it no longer answers. */
  async #stayInTouch(): Promise<void> {
    const client = await this.#find();
    const touch = new AbortController();
    const signal = AbortSignal.any([touch.signal, this.#end.signal]);
    try {
      const info = await client.read('GET', '/info', INFO, { signal, timeout: ANSWERS_WITHIN_MS });
      // Events first, so that none is missed while the list is made.
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
      this.#isFound = true; // a setting names an engine
      throw thrown;
    }
  }

  async #hear(client: EngineClient, signal: AbortSignal): Promise<void> {
    const filters = JSON.stringify({
      type: ['container'],
      ...(JSON.parse(ofState(this.#options.state)) as object),
    });
    // no timeout, as Podman sends the head of its answer only with the first event
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

  /** Resolves when the engine has come or gone, or the signal aborts. */
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
