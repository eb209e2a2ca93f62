import { KitError } from '../errors.ts';
import type { GatewayClient } from './client.ts';
import { followEvents, type GatewayEvent } from './events.ts';

const STATES = ['failing', 'degraded', 'starting', 'ready', 'zero'] as const;

/** The figures of a function, which the gateway sends every second (FunctionView in docs/openapi.yaml). */
export interface FunctionFigures {
  readonly name: string;
  readonly namespace: string;
  readonly state: (typeof STATES)[number];
  readonly replicas: number;
  readonly availableReplicas: number;
  /** Calls that have ended since the gateway's start. */
  readonly calls: number;
  readonly inFlight: number;
  /** Calls a second. This figure and the next three cover the last 30 seconds. */
  readonly rate: number;
  /** The part of those calls that ended with 5xx, from 0 to 1. */
  readonly errors: number;
  /** Milliseconds; undefined where there was no call. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  /** Thousandths of a core; undefined where it was not measured. */
  readonly cpu: number | undefined;
  /** Bytes; undefined where it was not measured. */
  readonly memory: number | undefined;
  /** Why instances are missing, where they have failed; else the first note of the status; '' for none. */
  readonly note: string;
}

/** How long the first event may take, in milliseconds. */
const FIRST_WITHIN_MS = 30_000;

/**
 * Reads the figures of all functions once.
 * @throws KitError as followEvents; UNREACHABLE where the gateway does not send them in time
 */
export async function firstLook(client: GatewayClient, interrupted: AbortSignal): Promise<LiveFunctions> {
  const live = new LiveFunctions();
  const late = AbortSignal.timeout(FIRST_WITHIN_MS);
  try {
    for await (const event of followEvents(client, AbortSignal.any([interrupted, late]))) {
      live.take(event);
      if (event.name === 'snapshot') return live;
    }
  } catch (error) {
    interrupted.throwIfAborted();
    if (!late.aborted) throw error;
  }
  throw new KitError('UNREACHABLE', `the gateway at ${client.url} does not tell of its functions: try again`);
}

type Fields = Readonly<Record<string, unknown>>;

/** The functions of a gateway, kept up to date by its events. */
export class LiveFunctions {
  readonly #functions = new Map<string, FunctionFigures>();
  #problem = '';

  get all(): readonly FunctionFigures[] {
    return [...this.#functions.values()];
  }

  /** Why the figures are old; '' where they are not. */
  get problem(): string {
    return this.#problem;
  }

  /** The functions in a namespace. @param namespace undefined for all */
  of(namespace: string | undefined): FunctionFigures[] {
    return this.all.filter((one) => namespace === undefined || one.namespace === namespace);
  }

  /** Takes an event. Events of other names are ignored. */
  take({ name, data }: GatewayEvent): void {
    if (name !== 'snapshot' && name !== 'changes') return;
    const { functions, removed, problem } = fieldsOf(data);
    if (name === 'snapshot') this.#functions.clear();
    for (const key of listOf(removed)) this.#functions.delete(String(key));
    for (const view of listOf(functions).map(readFigures)) this.#functions.set(keyOf(view), view);
    if (typeof problem === 'string') this.#problem = problem;
  }
}

/** `NAME.NAMESPACE`, as `removed` has it. */
export function keyOf({ name, namespace }: { readonly name: string; readonly namespace: string }): string {
  return `${name}.${namespace}`;
}

/** Reads the figures. A field that is missing or of the wrong type counts as empty. */
function readFigures(view: unknown): FunctionFigures {
  const fields = fieldsOf(view);
  const text = (key: string): string => (typeof fields[key] === 'string' ? fields[key] : '');
  const known = (key: string): number | undefined =>
    typeof fields[key] === 'number' ? fields[key] : undefined;
  return {
    name: text('name'),
    namespace: text('namespace'),
    state: STATES.find((state) => state === fields['state']) ?? 'starting',
    replicas: known('replicas') ?? 0,
    availableReplicas: known('availableReplicas') ?? 0,
    calls: known('calls') ?? 0,
    inFlight: known('inFlight') ?? 0,
    rate: known('rate') ?? 0,
    errors: known('errors') ?? 0,
    p50: known('p50'),
    p95: known('p95'),
    cpu: known('cpu'),
    memory: known('memory'),
    note: text('note'),
  };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
