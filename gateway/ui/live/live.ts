import { ApiError, askSession, call, session } from '../api/client.ts';
import { readEvents } from '../api/server-events.ts';
import type { FunctionView, QueueView, ScheduleView } from '../api/types.ts';
import { createStore } from './store.ts';

/** `live`: events arrive. `stale`: they have stopped, and the page shows the last state that it knows. */
type Connection = 'connecting' | 'live' | 'stale';

export interface Live {
  readonly connection: Connection;
  /** When the last event arrived, in milliseconds since 1970; 0 for never. */
  readonly heardAt: number;
  readonly functions: ReadonlyMap<string, FunctionView>;
  readonly queues: readonly QueueView[];
  readonly schedules: readonly ScheduleView[];
  /** Why the functions may be out of date; '' where they are not. */
  readonly problem: string;
}

interface Told {
  readonly functions?: readonly FunctionView[];
  readonly removed?: readonly string[];
  readonly queues?: readonly QueueView[];
  readonly schedules?: readonly ScheduleView[];
  readonly problem?: string;
}

export const live = createStore<Live>({
  connection: 'connecting',
  heardAt: 0,
  functions: new Map(),
  queues: [],
  schedules: [],
  problem: '',
});

/** The calls per second of each function, one value for each second of the last minute: for the small graphs. */
export const rates = new Map<string, number[]>();
const RATES_KEPT = 60;

/** A stream that is silent for so long is dead: the gateway sends an event at least every five seconds. */
const SILENCE_MS = 12_000;
const SHORTEST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

export function keyOf({ name, namespace }: { readonly name: string; readonly namespace: string }): string {
  return `${name}.${namespace}`;
}

/** Follows the gateway's events while the page is visible, and connects again where the stream breaks off. */
export function followEvents(): void {
  let stop = new AbortController();
  const begin = (): void => {
    stop.abort();
    stop = new AbortController();
    if (document.visibilityState === 'visible' && session.value !== 'out') void follow(stop.signal);
  };
  document.addEventListener('visibilitychange', begin);
  session.listen(begin);
  setInterval(noteRates, 1000);
  begin();
}

async function follow(end: AbortSignal): Promise<void> {
  let wait = SHORTEST_WAIT_MS;
  while (!end.aborted) {
    try {
      await followOnce(end, () => (wait = SHORTEST_WAIT_MS));
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.status === 401) return;
    }
    if (end.aborted) return;
    live.set({ ...live.value, connection: live.value.heardAt === 0 ? 'connecting' : 'stale' });
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(LONGEST_WAIT_MS, wait * 2);
    if (session.value === 'asking') await askSession().catch(() => undefined);
  }
}

async function followOnce(end: AbortSignal, onEvent: () => void): Promise<void> {
  const silence = new AbortController();
  const signal = AbortSignal.any ? AbortSignal.any([end, silence.signal]) : end;
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const { body } = await call('GET', '/system/events', { signal });
    if (!body) return;
    for await (const { name, data } of readEvents(body)) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      onEvent();
      take(name, data as Told);
    }
  } finally {
    clearTimeout(timer);
  }
}

function take(name: string, told: Told): void {
  const before = live.value;
  const functions = name === 'snapshot' ? new Map<string, FunctionView>() : new Map(before.functions);
  for (const key of told.removed ?? []) functions.delete(key);
  for (const view of told.functions ?? []) functions.set(keyOf(view), view);
  live.set({
    connection: 'live',
    heardAt: Date.now(),
    functions: name === 'heartbeat' ? before.functions : functions,
    queues: told.queues ?? before.queues,
    schedules: told.schedules ?? before.schedules,
    problem: told.problem ?? before.problem,
  });
}

function noteRates(): void {
  const { functions } = live.value;
  for (const [key, { rate }] of functions) {
    const kept = rates.get(key) ?? [];
    kept.push(rate);
    if (kept.length > RATES_KEPT) kept.shift();
    rates.set(key, kept);
  }
  for (const key of rates.keys()) if (!functions.has(key)) rates.delete(key);
}
