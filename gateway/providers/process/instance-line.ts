/** A line that an instance wrote: the watchdog's own, or the function's, which stays as it is. */
export interface InstanceLine {
  readonly from: 'function' | 'watchdog';
  readonly text: string;
}

/** The fields of the watchdog's lines with log_format=json; a line with others is the function's. */
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
]);
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/** Tells a line of stderr, where the watchdog and the function both write. */
export function readInstanceLine(line: string): InstanceLine {
  const fields = line.startsWith('{"level":') ? parseObject(line) : undefined;
  const { level, time, msg } = fields ?? {};
  const isKnown = fields !== undefined && Object.keys(fields).every((name) => FIELDS.has(name));
  if (!isKnown || typeof level !== 'string' || typeof msg !== 'string' || !ISO_TIME.test(String(time))) {
    return { from: 'function', text: line };
  }
  return { from: 'watchdog', text: msg };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The port that Node says its debugger listens on. */
export function readDebuggerPort({ from, text }: InstanceLine): number | undefined {
  if (from !== 'function') return undefined;
  const port = /Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(text)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** The line that Node writes behind each that names the debugger's port. */
export function isDebuggerHint({ from, text }: InstanceLine): boolean {
  return from === 'function' && text.startsWith('For help, see: https://nodejs.org/');
}
