/** A line that an instance wrote: the watchdog's own, or the function's, which stays as it is. */
export type InstanceLine =
  | { readonly from: 'function'; readonly text: string }
  | { readonly from: 'watchdog'; readonly level: string; readonly text: string; readonly access: boolean };

/** The fields of the watchdog's lines with log_format=json; a line with others is the function's. */
const FIELDS = new Set([
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
export function readLine(line: string): InstanceLine {
  const fields = line.startsWith('{"level":') ? parseObject(line) : undefined;
  const { level, time, msg } = fields ?? {};
  const known = fields !== undefined && Object.keys(fields).every((name) => FIELDS.has(name));
  if (!known || typeof level !== 'string' || typeof msg !== 'string' || !ISO_TIME.test(String(time))) {
    return { from: 'function', text: line };
  }
  return { from: 'watchdog', level, text: msg, access: 'status' in fields };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The port that the watchdog says it listens on. */
export function listeningPort(line: InstanceLine): number | undefined {
  if (line.from !== 'watchdog') return undefined;
  const port = /^Listening on port: (\d+)$/.exec(line.text)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** The port that Node says its debugger listens on. */
export function debuggerPort(line: InstanceLine): number | undefined {
  if (line.from !== 'function') return undefined;
  const port = /Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line.text)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** The line that Node writes behind each that names the debugger's port. */
export function isDebuggerHint(line: InstanceLine): boolean {
  return line.from === 'function' && line.text.startsWith('For help, see: https://nodejs.org/');
}
