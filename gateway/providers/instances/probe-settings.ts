import { parseDuration } from '../../../common/duration.ts';

/** The settings of a health or readiness probe. Times are in milliseconds. */
export interface ProbeSettings {
  readonly path: string;
  readonly initialDelay: number;
  readonly period: number;
  readonly timeout: number;
  /** How many failures in a row count as a failed probe. */
  readonly failureThreshold: number;
}

export interface FunctionProbes {
  readonly health: ProbeSettings;
  readonly ready: ProbeSettings;
  /** Lines for the status: one for each annotation that has no effect. */
  readonly warnings: readonly string[];
}

const PREFIX = 'com.openfaas.';
const HEALTH_PATH = '/_/health';
const READY_PATH = '/_/ready';

/** Reads the annotations com.openfaas.health.* and com.openfaas.ready.* (docs.openfaas.com, Workloads). */
export function readProbes(annotations: Readonly<Record<string, string>>): FunctionProbes {
  const warnings: string[] = [];
  const read = (kind: 'health' | 'ready', fallbackPath: string): ProbeSettings => {
    const seconds = (name: string, fallback: number): number => {
      const text = annotations[`${PREFIX}${kind}.${name}`];
      if (text === undefined || text === '') return fallback;
      const value = parseDuration(text);
      if (value !== undefined && value >= 0 && value <= 3_600_000) return value;
      warnings.push(
        `the annotation ${PREFIX}${kind}.${name}=${JSON.stringify(text)} has no effect: expected seconds or a duration`,
      );
      return fallback;
    };
    const path = annotations[`${PREFIX}${kind}.http.path`] ?? '';
    const threshold = Number(annotations[`${PREFIX}${kind}.failureThreshold`] || 3);
    return {
      path: path.startsWith('/') ? path : fallbackPath,
      initialDelay: seconds('initialDelaySeconds', 0),
      period: Math.max(100, seconds('periodSeconds', 2000)),
      timeout: Math.max(100, seconds('timeoutSeconds', 1000)),
      failureThreshold: Number.isInteger(threshold) && threshold > 0 ? threshold : 3,
    };
  };
  const health = read('health', HEALTH_PATH);
  return { health, ready: read('ready', READY_PATH), warnings };
}
