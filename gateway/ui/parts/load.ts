import { useCallback, useEffect, useState } from 'preact/hooks';

/** The state of a request. After an error, and during a reload, `value` is still the last answer to the same key. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: Error | undefined;
  readonly reload: () => void;
}

/**
 * Sends a request when a part of the page is shown, and another one whenever `key` changes.
 * @param everyMs the pause before the request is repeated, in milliseconds; 0: it is not
 * @param version the version of the requested data, if it is known: the request is repeated whenever it changes
 */
export function useLoaded<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  key: string,
  everyMs = 0,
  version = '',
): Loaded<T> {
  const [state, setState] = useState<{ key: string; value?: T; error?: Error }>({ key });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const end = new AbortController();
    let timer = 0;
    const once = async (): Promise<void> => {
      try {
        const value = await ask(end.signal);
        if (!end.signal.aborted) setState({ key, value });
      } catch (thrown) {
        if (end.signal.aborted) return;
        const error = thrown instanceof Error ? thrown : new Error(String(thrown));
        setState((known) => ({ ...(known.key === key ? known : {}), key, error }));
      }
      if (everyMs > 0 && !end.signal.aborted) timer = setTimeout(() => void once(), everyMs);
    };
    void once();
    return () => {
      end.abort();
      clearTimeout(timer);
    };
  }, [key, version, round, everyMs]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const isKnown = state.key === key;
  return { value: isKnown ? state.value : undefined, error: isKnown ? state.error : undefined, reload };
}
