/** Runs work in its turn, and returns its result. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Makes a queue whose work runs one at a time. Work that fails does not stop the queue. */
export function oneAtATime(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}
