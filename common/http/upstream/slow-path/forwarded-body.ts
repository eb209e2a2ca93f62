import { Readable } from 'node:stream';
import type { RequestBody } from '../../exchange/request-body.ts';
import { MOST_KEPT } from '../sent-again.ts';

/**
 * The body of a request for the upstream. A body that has arrived whole is sent in one piece; any other flows. Its
 * start is kept until the upstream answers, for a second try over another connection.
 */
export class ForwardedBody {
  readonly #body: RequestBody;
  #whole: Buffer | undefined;
  #kept: Buffer[] | undefined = [];
  #keptBytes = 0;
  #isRead = false;
  #stream: Readable | undefined;

  constructor(body: RequestBody) {
    this.#body = body;
    if (body.isComplete) this.#whole = body.takeArrived();
  }

  /** Makes a forwarded body from one that was read whole before. */
  static of(body: RequestBody, whole: Buffer): ForwardedBody {
    const forwarded = new ForwardedBody(body);
    forwarded.#whole = whole;
    return forwarded;
  }

  /** The length of the body in bytes, if it has arrived whole. */
  get wholeLength(): number | undefined {
    return this.#whole?.length;
  }

  /** Whether the body can be sent again from its start. */
  get canBeSentAgain(): boolean {
    return this.#whole !== undefined || this.#kept !== undefined;
  }

  /** @returns the body from its start, for one try */
  open(): Buffer | Readable {
    if (this.#whole) return this.#whole;
    this.#stream?.destroy();
    const stream = new Readable({ read: () => this.#body.resume() });
    for (const chunk of this.#kept ?? []) stream.push(chunk);
    if (this.#isRead) stream.push(null);
    const isFirst = this.#stream === undefined;
    this.#stream = stream;
    if (isFirst) this.#flow();
    return stream;
  }

  /** Drops the kept start, as the upstream has answered and nothing will be sent again. */
  forget(): void {
    this.#kept = undefined;
  }

  /** Sends no more of the body. */
  close(): void {
    this.#kept = undefined;
    this.#stream?.destroy();
  }

  #flow(): void {
    this.#body.flowInto({
      chunk: (bytes) => {
        this.#keep(bytes);
        return this.#stream?.push(bytes) !== false;
      },
      end: () => {
        this.#isRead = true;
        this.#stream?.push(null);
      },
    });
  }

  #keep(bytes: Buffer): void {
    if (!this.#kept) return;
    this.#keptBytes += bytes.length;
    if (this.#keptBytes > MOST_KEPT) this.#kept = undefined;
    else this.#kept.push(bytes);
  }
}
