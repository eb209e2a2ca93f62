import { Readable } from 'node:stream';
import type { RequestBody } from '../../exchange/request-body.ts';
import { MOST_KEPT } from '../sent-again.ts';

/**
 * The body of a request on its way to the upstream. A body that has arrived whole goes out in one piece; any other
 * flows. Its start is kept until the upstream answers, for a second try on another connection.
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

  /** Makes one of a body that was read whole before. */
  static of(body: RequestBody, whole: Buffer): ForwardedBody {
    const forwarded = new ForwardedBody(body);
    forwarded.#whole = whole;
    return forwarded;
  }

  /** Its length in bytes, where it has arrived whole. */
  get wholeLength(): number | undefined {
    return this.#whole?.length;
  }

  /** Whether it can be sent once more from its start. */
  get canBeSentAgain(): boolean {
    return this.#whole !== undefined || this.#kept !== undefined;
  }

  /** Gives the body from its start, for one try. */
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

  /** Drops the kept start: the upstream has answered, so nothing will be sent again. */
  forget(): void {
    this.#kept = undefined;
  }

  /** Closes it, as nobody takes it any more. */
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
