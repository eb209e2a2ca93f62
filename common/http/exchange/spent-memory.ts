let left = Number.POSITIVE_INFINITY;
let collect: () => void = () => undefined;

/**
 * Runs the garbage collection after each `budget` bytes of bodies. Such bytes are not in V8's heap, and V8 counts them
 * only from 64 MB on: without this, eight clients with bodies of 1 MiB ended a container of 128 MB.
 * @param budget bytes
 * @param collectAll runs the garbage collection
 */
export function limitSpent(budget: number, collectAll: () => void): void {
  left = budget;
  collect = () => {
    left = budget;
    collectAll();
  };
}

/** Counts bytes that were allocated for a body, once for each copy. */
export function spend(bytes: number): void {
  left -= bytes;
  if (left <= 0) collect();
}
