let left = Number.POSITIVE_INFINITY;
let collect: () => void = () => undefined;

/**
 * Collects what lies unused after every so many bytes of bodies. V8 counts such bytes, which
 * are not in its heap, only from 64 MB on: a container of 128 MB was ended by eight clients with bodies of 1 MiB.
 * @param budget bytes
 * @param collectAll collects them
 */
export function limitSpent(budget: number, collectAll: () => void): void {
  left = budget;
  collect = () => {
    left = budget;
    collectAll();
  };
}

/** Counts bytes that were taken for a body, once for each copy of them. */
export function spend(bytes: number): void {
  left -= bytes;
  if (left <= 0) collect();
}
