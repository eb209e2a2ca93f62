/** How soon behind an answer a connection ends whose number of answers was the reason, in milliseconds. */
const SOON_MS = 50;

/** Connections that are closed by what was learned before it is put to the test again. */
const MOST_SPENT = 1000;

/**
 * What was seen of when an upstream ends connections that are kept alive, without a word before: after a time, or after a
 * number of answers. A request that is on its way at that moment is lost, unless it may be sent again.
 */
export class ClosingHabit {
  /** The shortest time after which it has ended an idle one, in milliseconds. */
  #shortestIdle = Number.POSITIVE_INFINITY;
  #mostAnswers = Number.POSITIVE_INFINITY;
  /** The answers of the last that ended soon behind one. */
  #endedAfter = 0;
  #spent = 0;

  /**
   * The upstream has ended a connection.
   * @param idle milliseconds since its last answer
   * @param answers how many it has had
   * @param hadRequest whether it was ended in the face of a request, and so hardly for being idle
   */
  ended(idle: number, answers: number, hadRequest = false): void {
    const isSoon = (hadRequest || idle < SOON_MS) && answers > 1;
    if (isSoon && answers === this.#endedAfter) {
      this.#mostAnswers = answers;
      this.#spent = 0;
      this.#shortestIdle = Number.POSITIVE_INFINITY; // it was the number
    } else {
      this.#shortestIdle = Math.min(this.#shortestIdle, idle);
    }
    if (isSoon) this.#endedAfter = answers;
  }

  /** Whether it could be ending a connection at this moment that has been idle for so many milliseconds. */
  couldEnd(idle: number): boolean {
    return idle >= this.#shortestIdle / 2;
  }

  /** Whether a connection with so many answers is not to be used again. */
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
