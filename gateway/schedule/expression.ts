import { Cron } from 'croner';
import { parseGoDuration } from '../../common/duration.ts';
import { messageOf } from '../../common/errors.ts';

/** The times of one expression. */
export interface Expression {
  /** The expression as it was written. */
  readonly text: string;
  /** The first time after `after`; undefined where there is none (30 February). */
  next(after: Date): Date | undefined;
}

/** The named schedules of robfig/cron, the parser of OpenFaaS's cron-connector. */
const NAMED: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const ZONE = /^(?:CRON_TZ|TZ)=(\S+)\s+(.+)$/s;
const FIELD_NAMES = ['minute', 'hour', 'day of the month', 'month', 'day of the week'];
/** The highest value of each field, to complete `5/20` to `5-59/20`, as croner does not accept the short form. */
const HIGHEST = [59, 23, 31, 12, 6];
/** The shortest duration of `@every`, in milliseconds. */
const EVERY_LEAST_MS = 1000;

/**
 * Reads one schedule: five fields, `@hourly` and the like, or `@every 1h30m`, optionally with `CRON_TZ=Zone` in front.
 * @throws Error with the reason in one line
 */
export function readExpression(text: string): Expression {
  const zoned = ZONE.exec(text.trim());
  const zone = zoned?.[1];
  const body = (zoned?.[2] ?? text).trim();
  if (/^(?:CRON_TZ|TZ)=/.test(body)) throw new Error(`"${text}" has a time zone, but no times`);
  if (body.startsWith('@every')) return readInterval(text, body);
  if (zone !== undefined && !isZone(zone)) throw new Error(`"${zone}" is not a time zone`);
  const pattern = body.startsWith('@') ? NAMED[body.toLowerCase()] : body;
  if (pattern === undefined) {
    throw new Error(`"${body}" is not known: expected ${Object.keys(NAMED).join(', ')} or @every DURATION`);
  }
  const fields = pattern.split(/\s+/);
  if (fields.length !== 5) {
    throw new Error(`"${body}" has ${fields.length} fields: expected 5 (${FIELD_NAMES.join(', ')})`);
  }
  const completed = fields.map((field, at) => completeField(field, at)).join(' ');
  const cron = readPattern(completed, zone);
  return { text, next: (after) => cron.nextRun(after) ?? undefined };
}

function readPattern(pattern: string, zone: string | undefined): Cron {
  try {
    return new Cron(pattern, { paused: true, mode: '5-part', ...(zone !== undefined && { timezone: zone }) });
  } catch (thrown) {
    throw new Error(`"${pattern}" cannot be read: ${messageOf(thrown).replace(/^Cron\w+: /, '')}`, {
      cause: thrown,
    });
  }
}

/** Refuses forms that croner accepts but robfig/cron does not (`L`, `W`, `#`, day 7), and completes `5/20`. */
function completeField(field: string, at: number): string {
  const name = FIELD_NAMES[at] ?? '';
  if (!/^[\dA-Za-z*?,/-]+$/.test(field)) throw new Error(`"${field}" is not a valid ${name}`);
  return field
    .split(',')
    .map((part) => {
      const [range = '', step] = part.split('/');
      for (const word of range.split('-')) {
        if (!/^(?:\d+|\*|\?|[A-Za-z]{3})$/.test(word)) throw new Error(`"${field}" is not a valid ${name}`);
        if (at === 4 && Number(word) > 6) throw new Error(`"${word}" is not a day of the week: Sunday is 0`);
      }
      if (step === undefined || /^[*?]$/.test(range) || range.includes('-')) return part;
      return `${range}-${HIGHEST[at] ?? ''}/${step}`;
    })
    .join(',');
}

/** Reads `@every DURATION`. The next time is the given one plus the duration, in whole seconds. */
function readInterval(text: string, body: string): Expression {
  const duration = body.slice('@every'.length).trim();
  const ms = parseGoDuration(duration);
  if (ms === undefined || ms < EVERY_LEAST_MS) {
    throw new Error(`"${body}" cannot be read: expected @every and a duration of 1s or more, such as 1h30m`);
  }
  const step = Math.floor(ms / 1000) * 1000;
  return { text, next: (after) => new Date(Math.floor(after.getTime() / 1000) * 1000 + step) };
}

function isZone(zone: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
