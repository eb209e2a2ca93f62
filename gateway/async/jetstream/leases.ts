import type { JsMsg } from '@nats-io/jetstream';
import type { CallContent } from '../async-call.ts';
import type { StreamedCall } from './call-stream.ts';

interface Lease {
  readonly message: JsMsg;
  readonly call: StreamedCall;
}

/** How long NATS may take to confirm the end of a call, in milliseconds. */
const CONFIRMED_WITHIN_MS = 5000;

/** The leases of the calls that run. They are extended until the call ends, so that NATS does not deliver it again. */
export class Leases {
  readonly #leases = new Map<string, Lease>();
  readonly #extending: NodeJS.Timeout;

  /** @param ackWait how long a lease lasts unless it is extended, in milliseconds */
  constructor(ackWait: number) {
    this.#extending = setInterval(() => this.#extend(), Math.max(1, ackWait / 3)).unref();
  }

  has(id: string): boolean {
    return this.#leases.has(id);
  }

  take(message: JsMsg, call: StreamedCall): void {
    this.#leases.set(call.record.id, { message, call });
  }

  contentOf(id: string): CallContent | undefined {
    const lease = this.#leases.get(id);
    if (!lease) return undefined;
    const { target, headers, callbackUrl, body } = lease.call;
    return { target, headers, body, ...(callbackUrl !== undefined && { callbackUrl }) };
  }

  /** Gives a call back to NATS, which delivers it again after `ms` milliseconds. */
  giveBack(id: string, ms: number): void {
    const lease = this.#leases.get(id);
    this.#leases.delete(id);
    if (lease) tell(() => lease.message.nak(Math.max(1, ms)));
  }

  /** Tells NATS that the call has ended. @returns whether NATS has confirmed that */
  async acknowledge(id: string): Promise<boolean> {
    const lease = this.#leases.get(id);
    this.#leases.delete(id);
    return (await lease?.message.ackAck({ timeout: CONFIRMED_WITHIN_MS }).catch(() => false)) ?? false;
  }

  close(): void {
    clearInterval(this.#extending);
  }

  #extend(): void {
    for (const { message } of this.#leases.values()) tell(() => message.working());
  }
}

/** Sends a message to NATS, and ignores a lost connection: NATS delivers the call again when the lease has run out. */
function tell(telling: () => void): void {
  try {
    telling();
  } catch {
    // the connection is lost
  }
}
