import { messageOf } from '../../common/errors.ts';
import { GatewayError } from '../errors.ts';
import { qualifiedName, type FunctionName } from '../functions/function-name.ts';
import type { FunctionStatus } from '../functions/function-status.ts';
import { HttpClient } from '../http-client.ts';
import { allFunctions } from '../providers/all-functions.ts';
import type { Provider } from '../providers/provider.ts';
import type { Kept, ScheduleStore } from '../state/schedule-store.ts';
import { readCronOptions, type CronOptions } from './cron-options.ts';
import { firstTime, isCalled } from './due-times.ts';
import { nextTime, readSchedule, type Schedule } from './schedule.ts';

export interface SchedulerParts {
  readonly provider: Provider;
  /** Whether functions are called at their times. `run` works in any case. */
  readonly isOn: boolean;
  /** Remembers across restarts until when each schedule was served. */
  readonly kept: ScheduleStore;
  readonly warn: (line: string) => void;
}

/** A function with a schedule. */
export interface Scheduled {
  readonly name: FunctionName;
  text: string;
  schedule: Schedule;
  options: CronOptions;
  next: Date | undefined;
  running: number;
  last: { readonly at: Date; readonly status: number | undefined } | undefined;
}

/** How often to look for schedules that are due, in milliseconds. */
const LOOK_MS = 500;
/** How often to ask a provider for its functions, in milliseconds. */
const REFRESH_MS = 2000;

/** Calls functions at the times of their schedules, as OpenFaaS's cron-connector does. */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #scheduled = new Map<string, Scheduled>();
  readonly #client = new HttpClient({ headersTimeout: 0, bodyTimeout: 0 });
  #address = '';
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #isRefreshing = false;
  #isUnlisted = false;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  /** @param address `HOST:PORT` where functions are called */
  async start(address: string): Promise<void> {
    this.#address = address;
    if (!this.#parts.isOn) return;
    await this.#parts.kept.load();
    this.#tick();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#client.close();
  }

  /** Whether functions are called at the times of their schedules. */
  get isOn(): boolean {
    return this.#parts.isOn;
  }

  list(): readonly Scheduled[] {
    return [...this.#scheduled.values()];
  }

  /**
   * Calls a function as its schedule would.
   * @returns the status of its answer
   * @throws GatewayError FUNCTION_UNKNOWN
   */
  async run(name: FunctionName): Promise<number> {
    await this.#parts.provider.status(name, { usage: false });
    return this.#call(name);
  }

  #tick(): void {
    const now = new Date();
    if (performance.now() - this.#refreshedAt >= REFRESH_MS) {
      this.#refreshedAt = performance.now();
      void this.#refresh(); // not awaited, so that a slow provider does not delay known schedules
    }
    for (const scheduled of this.#scheduled.values()) this.#fireIfDue(scheduled, now);
    this.#timer = setTimeout(() => this.#tick(), LOOK_MS);
  }

  async #refresh(): Promise<void> {
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    try {
      this.#takeUp(await allFunctions(this.#parts.provider), new Date());
      this.#isUnlisted = false;
    } catch (thrown) {
      if (!this.#isUnlisted) this.#parts.warn(`Schedules cannot be read again: ${messageOf(thrown)}`);
      this.#isUnlisted = true;
    } finally {
      this.#isRefreshing = false;
    }
  }

  #takeUp(functions: readonly FunctionStatus[], now: Date): void {
    const seen = new Set<string>();
    for (const { deployment } of functions) {
      const key = qualifiedName(deployment);
      const { schedule: text = '' } = deployment.annotations;
      const schedule = readOrNone(() => readSchedule(deployment));
      if (!schedule) continue;
      seen.add(key);
      const known = this.#scheduled.get(key);
      const { options } = readCronOptions(deployment);
      const { missed } = options;
      const kept = this.#parts.kept.get(key);
      // a changed schedule has missed nothing yet
      if (missed === 'skip') this.#keep(key, undefined);
      else if (kept?.schedule !== text) this.#keep(key, { schedule: text, until: now.getTime() });
      if (known?.text === text) {
        known.options = options;
        continue;
      }
      const next = firstTime(schedule, text, missed, kept, now);
      if (known) Object.assign(known, { text, schedule, options, next });
      else {
        const { name, namespace } = deployment;
        const entry = { name: { name, namespace }, text, schedule, options, next };
        this.#scheduled.set(key, { ...entry, running: 0, last: undefined });
      }
    }
    for (const key of this.#scheduled.keys()) if (!seen.has(key)) this.#scheduled.delete(key);
    for (const key of this.#parts.kept.keys()) if (!seen.has(key)) this.#keep(key, undefined);
  }

  #fireIfDue(scheduled: Scheduled, now: Date): void {
    const { name, text, schedule, options, next } = scheduled;
    if (!next || next > now) return;
    scheduled.next = nextTime(schedule, now);
    if (options.missed === 'run') this.#keep(qualifiedName(name), { schedule: text, until: now.getTime() });
    if (scheduled.running > 0 && !options.mayOverlap) return;
    if (isCalled(schedule, options.missed, next, now)) void this.#fire(scheduled);
  }

  #keep(key: string, kept: Kept | undefined): void {
    this.#parts.kept.set(key, kept).catch((thrown: unknown) => this.#parts.warn(messageOf(thrown)));
  }

  async #fire(scheduled: Scheduled): Promise<void> {
    scheduled.running += 1;
    const at = new Date();
    const status = await this.#call(scheduled.name).catch((thrown: unknown) => {
      if (!this.#isStopped)
        this.#parts.warn(
          `The scheduled call of ${qualifiedName(scheduled.name)} failed: ${messageOf(thrown)}`,
        );
      return undefined;
    });
    scheduled.running -= 1;
    scheduled.last = { at, status };
  }

  async #call(name: FunctionName): Promise<number> {
    const response = await this.#client.ask(`http://${this.#address}/function/${qualifiedName(name)}`, {
      method: 'POST',
      headers: { 'X-Topic': 'cron-function', 'X-Connector': 'cron-connector', 'Content-Type': 'text/plain' },
    });
    await response.body.dump();
    return response.statusCode;
  }
}

/**
 * Reads a schedule, and ignores one that cannot be read: this gateway refuses such deployments, but others may not
 * have.
 */
function readOrNone(read: () => Schedule | undefined): Schedule | undefined {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return undefined;
    throw thrown;
  }
}
