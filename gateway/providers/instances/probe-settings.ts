import { parseDuration } from '../../../common/duration.ts';
import { StatedOptions } from '../../functions/stated-options.ts';

/** The settings of a health or readiness probe. Times are in milliseconds. */
export interface ProbeSettings {
  readonly path: string;
  readonly initialDelay: number;
  readonly period: number;
  readonly timeout: number;
  /** How many failures in a row count as a failed probe. */
  readonly failureThreshold: number;
  readonly successThreshold: number;
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
const LONGEST_MS = 3_600_000;

/** Reads the annotations com.openfaas.health.* and com.openfaas.ready.* (docs.openfaas.com, Workloads). */
export function readProbes(annotations: Readonly<Record<string, string>>): FunctionProbes {
  const options = new StatedOptions('annotation', annotations, PREFIX);
  const read = (kind: 'health' | 'ready', fallbackPath: string): ProbeSettings => {
    const seconds = (name: string, fallback: number): number =>
      options.read(`${kind}.${name}`, fallback, parseSeconds, 'seconds or a duration');
    const threshold = (name: string, fallback: number): number =>
      options.read(`${kind}.${name}`, fallback, parseThreshold, 'a whole number from 1');
    return {
      path: options.read(`${kind}.http.path`, fallbackPath, parsePath, 'a path, from its / on'),
      initialDelay: seconds('initialDelaySeconds', 0),
      period: Math.max(100, seconds('periodSeconds', 2000)),
      timeout: Math.max(100, seconds('timeoutSeconds', 1000)),
      failureThreshold: threshold('failureThreshold', 3),
      successThreshold: kind === 'ready' ? threshold('successThreshold', 1) : 1, // as in Kubernetes
    };
  };
  const health = read('health', HEALTH_PATH);
  return { health, ready: read('ready', READY_PATH), warnings: options.warnings };
}

function parsePath(text: string): string | undefined {
  return /^\/[!-~]*$/.test(text) ? text : undefined;
}

function parseSeconds(text: string): number | undefined {
  const ms = parseDuration(text);
  return ms !== undefined && ms >= 0 && ms <= LONGEST_MS ? ms : undefined;
}

function parseThreshold(text: string): number | undefined {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
}
