import type { LineKind } from '../../function-logs/log-ring.ts';

/** A line that an instance wrote, from the watchdog or from the function. */
export interface InstanceLine {
  readonly kind: LineKind;
  readonly text: string;
}

/** The fields of the watchdog's lines with log_format=json. A line with any other field is the function's. */
const FIELDS: ReadonlySet<string> = new Set([
  'level',
  'time',
  'msg',
  'method',
  'path',
  'status',
  'bytes',
  'duration',
  'call_id',
  'failure',
  'code',
]);
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/** Decides whether a line of stderr is the watchdog's or the function's, as both write there. */
export function readInstanceLine(line: string): InstanceLine {
  const fields = line.startsWith('{"level":') ? parseObject(line) : undefined;
  const { level, time, msg } = fields ?? {};
  const isKnown = fields !== undefined && Object.keys(fields).every((name) => FIELDS.has(name));
  if (!isKnown || typeof level !== 'string' || typeof msg !== 'string' || !ISO_TIME.test(String(time))) {
    return { kind: 'function', text: line };
  }
  if ('status' in fields) return { kind: 'request', text: msg };
  return { kind: level === 'info' ? 'watchdog' : 'warning', text: msg };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** @returns the port of the debugger, if this is the line by which Node tells it */
export function readDebuggerPort({ kind, text }: InstanceLine): number | undefined {
  if (kind !== 'function') return undefined;
  const port = /Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(text)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** Whether this is the line that Node writes after the one with the debugger's port. */
export function isDebuggerHint({ kind, text }: InstanceLine): boolean {
  return kind === 'function' && text.startsWith('For help, see: https://nodejs.org/');
}
