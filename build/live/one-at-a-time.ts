/** Runs work, and gives what it gives. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Makes a queue for work of which one at a time may run. Work that fails holds up none behind it. */
export function oneAtATime(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}
