/** How many bytes heads may take together: all that are not whole yet, and the large ones of requests in flight. */
const MOST_TOGETHER = 32 << 20;

/**
 * The largest head that does not count once it is whole, in bytes: the number of requests in flight is bounded
 * elsewhere.
 */
const SMALL = 16 << 10;

/** A connection that holds the head of a request in memory. */
export interface HeadOwner {
  /** Refuses the head that is not whole yet, and frees its memory. */
  refuseHead(): void;
}

/**
 * Bounds the memory for heads. When it is used up, the largest head that is not whole yet is refused, so that clients
 * with small heads do not suffer from those with large ones.
 */
export class HeadBudget {
  #total = 0;
  readonly #underWay = new Map<HeadOwner, number>();
  readonly #whole = new Map<HeadOwner, number>();

  /** Sets how many bytes a head takes that is not whole yet. The head may be refused before this returns. */
  grow(owner: HeadOwner, bytes: number): void {
    const before = this.#underWay.get(owner) ?? 0;
    if (before === bytes) return;
    this.#underWay.set(owner, bytes);
    this.#total += bytes - before;
    if (this.#total > MOST_TOGETHER) this.#refuseLargest();
  }

  /**
   * Counts a whole head until `release`.
   * @returns false where it is too large
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
