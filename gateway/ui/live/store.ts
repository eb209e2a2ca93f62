import { useEffect, useState } from 'preact/hooks';

/** A value that parts of the page show. They are drawn again when it changes. */
export interface Store<T> {
  readonly value: T;
  set(value: T): void;
  /** @returns a function that removes the listener */
  listen(listener: () => void): () => void;
}

export function createStore<T>(first: T): Store<T> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get value() {
      return value;
    },
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStore<T>(store: Store<T>): T {
  const [, redraw] = useState({});
  const { value } = store;
  useEffect(() => {
    if (!Object.is(value, store.value)) redraw({}); // the value changed between the drawing and this effect
    return store.listen(() => redraw({}));
  }, [store]);
  return value;
}
