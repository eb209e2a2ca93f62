import type { JsMsg } from '@nats-io/jetstream';
import type { CallContent } from '../async-call.ts';
import type { StreamedCall } from './call-stream.ts';

interface Lease {
  readonly message: JsMsg;
  readonly call: StreamedCall;
}

/** How long NATS is waited for to confirm the end of a call, in milliseconds. */
const CONFIRMED_WITHIN_MS = 5000;

/** The calls that this gateway runs. As long as one runs its lease is extended, so that NATS gives it to nobody else. */
export class Leases {
  readonly #leases = new Map<string, Lease>();
  readonly #extending: NodeJS.Timeout;

  /** @param ackWait how long a lease lasts that is not extended, in milliseconds */
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

  /** Gives a call back, to be had again after so many milliseconds. */
  giveBack(id: string, ms: number): void {
    const lease = this.#leases.get(id);
    this.#leases.delete(id);
    if (lease) tell(() => lease.message.nak(Math.max(1, ms)));
  }

  /** The call has ended. @returns whether NATS has confirmed that */
  async end(id: string): Promise<boolean> {
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

/** Of a connection that is gone nothing is told: NATS gives the call out again when the lease has run out. */
function tell(telling: () => void): void {
  try {
    telling();
  } catch {
    // as above
  }
}
