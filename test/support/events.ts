import http from 'node:http';
import type { OfGateway } from './of-gateway.ts';
import type { Owner } from './owner.ts';
import { until } from './wait.ts';

/** One event of a stream, its data read. */
export interface StreamEvent {
  readonly name: string;
  readonly data: Record<string, unknown>;
}

/** A reader of /system/events. */
export class EventReader {
  readonly events: StreamEvent[] = [];
  status = 0;
  isEnded = false;
  #response: http.IncomingMessage | undefined;
  #text = '';

  static async open(owner: Owner, gateway: OfGateway): Promise<EventReader> {
    const reader = new EventReader();
    const request = http.get({
      host: '127.0.0.1',
      port: gateway.port,
      path: '/system/events',
      agent: false,
      headers: { ...(gateway.login !== undefined && { authorization: gateway.login }) },
    });
    owner.after(() => void request.destroy());
    request.on('error', () => (reader.isEnded = true));
    request.on('response', (response) => reader.#begin(response));
    await until(() => reader.status, 'the head of the stream');
    return reader;
  }

  /** Reads nothing more until `resume`. */
  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  /** Waits for an event for which `isIt` holds. */
  waitFor(what: string, isIt: (event: StreamEvent) => unknown): Promise<StreamEvent> {
    return until(() => this.events.find((event) => isIt(event)), what);
  }

  #begin(response: http.IncomingMessage): void {
    this.#response = response;
    this.status = response.statusCode ?? 0;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.#take(chunk));
    response.on('close', () => (this.isEnded = true));
  }

  #take(chunk: string): void {
    this.#text += chunk;
    const pieces = this.#text.split('\n\n');
    this.#text = pieces.pop() ?? '';
    for (const piece of pieces) {
      const [, name = '', data = ''] = /^event: (.*)\ndata: (.*)$/s.exec(piece) ?? [];
      this.events.push({ name, data: JSON.parse(data) as Record<string, unknown> });
    }
  }
}
