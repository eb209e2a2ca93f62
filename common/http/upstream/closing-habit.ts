/** A connection that ends so soon after an answer probably ended because of its number of answers. In milliseconds. */
const SOON_MS = 50;

/** How many connections are closed for their number of answers before that rule is tested again. */
const MOST_SPENT = 1000;

/**
 * Learns when an upstream ends kept-alive connections without notice: after an idle time, or after a number of answers.
 * A request that is sent at that moment is lost, unless it may be sent again.
 */
export class ClosingHabit {
  /** The shortest idle time after which it has ended a connection, in milliseconds. */
  #shortestIdle = Number.POSITIVE_INFINITY;
  #mostAnswers = Number.POSITIVE_INFINITY;
  /** The number of answers of the last connection that ended soon after one. */
  #endedAfter = 0;
  #spent = 0;

  /**
   * Notes that the upstream has ended a connection.
   * @param idle milliseconds since its last answer
   * @param answers the number of its answers
   * @param hadRequest whether a request was under way, so that idleness was hardly the reason
   */
  ended(idle: number, answers: number, hadRequest = false): void {
    const isSoon = (hadRequest || idle < SOON_MS) && answers > 1;
    if (isSoon && answers === this.#endedAfter) {
      this.#mostAnswers = answers;
      this.#spent = 0;
      this.#shortestIdle = Number.POSITIVE_INFINITY; // the number was the reason
    } else {
      this.#shortestIdle = Math.min(this.#shortestIdle, idle);
    }
    if (isSoon) this.#endedAfter = answers;
  }

  /** Whether the upstream could now be ending a connection that has been idle for so many milliseconds. */
  couldEnd(idle: number): boolean {
    return idle >= this.#shortestIdle / 2;
  }

  /** Whether a connection with so many answers must not be used again. */
  isSpent(answers: number): boolean {
    if (answers < this.#mostAnswers) return false;
    this.#spent += 1;
    if (this.#spent > MOST_SPENT) {
      this.#mostAnswers = Number.POSITIVE_INFINITY;
      this.#endedAfter = 0;
    }
    return true;
  }
}
