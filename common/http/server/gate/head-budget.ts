/** Bytes that the heads of all requests may take together: those under way, and the large ones of requests in flight. */
const MOST_TOGETHER = 32 << 20;

/** Up to here a whole head is no matter: how many requests are in flight is bounded elsewhere. */
const SMALL = 16 << 10;

/** A connection whose request's head takes memory. */
export interface HeadOwner {
  /** Refuses the head that is not whole yet, and lets its memory go. */
  refuseHead(): void;
}

/**
 * Bounds the memory that heads take. Where it is used up the largest head under way is refused: who sends little at
 * a time is not refused for those who send much.
 */
export class HeadBudget {
  #total = 0;
  readonly #underWay = new Map<HeadOwner, number>();
  readonly #whole = new Map<HeadOwner, number>();

  /** A head that is not whole takes so many bytes now. Its owner may be refused before this returns. */
  grow(owner: HeadOwner, bytes: number): void {
    const before = this.#underWay.get(owner) ?? 0;
    if (before === bytes) return;
    this.#underWay.set(owner, bytes);
    this.#total += bytes - before;
    if (this.#total > MOST_TOGETHER) this.#refuseLargest();
  }

  /**
   * A head of so many bytes is whole, and counts until `release`.
   * @returns false where it is too much
   */
  keep(owner: HeadOwner, bytes: number): boolean {
    if (bytes <= SMALL && this.#underWay.size === 0) return true;
    this.release(owner);
    if (bytes <= SMALL) return true;
    this.#whole.set(owner, bytes);
    this.#total += bytes;
    if (this.#total > MOST_TOGETHER) this.#refuseLargest();
    if (this.#total <= MOST_TOGETHER) return true;
    this.release(owner);
    return false;
  }

  release(owner: HeadOwner): void {
    if (this.#underWay.size === 0 && this.#whole.size === 0) return;
    this.#total -= (this.#underWay.get(owner) ?? 0) + (this.#whole.get(owner) ?? 0);
    this.#underWay.delete(owner);
    this.#whole.delete(owner);
  }

  #refuseLargest(): void {
    let largest: HeadOwner | undefined;
    let most = 0;
    for (const [owner, bytes] of this.#underWay) {
      if (bytes <= most) continue;
      most = bytes;
      largest = owner;
    }
    if (!largest) return;
    this.release(largest);
    largest.refuseHead();
  }
}
