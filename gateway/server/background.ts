import type { CallQueue } from '../async/call-queue.ts';
import type { FunctionName } from '../functions/function-name.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { Provider } from '../providers/provider.ts';
import { Observer } from '../observe/observer.ts';
import { Autoscaler } from '../scale/autoscaler.ts';
import type { ScaleDefaults } from '../scale/scale-policy.ts';
import { Scheduler } from '../schedule/scheduler.ts';
import { ScheduleStore } from '../state/schedule-store.ts';
import type { Settings } from '../settings/table.ts';

export interface BackgroundParts {
  readonly settings: Settings;
  readonly provider: Provider;
  readonly metrics: GatewayMetrics;
  readonly queue: CallQueue;
  readonly scaleDefaults: ScaleDefaults;
  readonly warn: (line: string) => void;
}

/** The work of the gateway that no request triggers: queued calls, scaling, schedules, observation. */
export class Background {
  readonly scheduler: Scheduler;
  readonly observer: Observer;
  readonly #queue: CallQueue;
  readonly #autoscaler: Autoscaler;

  constructor({ settings, provider, metrics, queue, scaleDefaults, warn }: BackgroundParts) {
    this.#queue = queue;
    this.scheduler = new Scheduler({
      provider,
      isOn: settings.cron,
      kept: new ScheduleStore(settings.stateDir),
      warn,
    });
    this.observer = new Observer({ provider, calls: metrics.invocations, queue, scheduler: this.scheduler });
    this.#autoscaler = new Autoscaler({
      provider,
      ended: (name: FunctionName) => metrics.invocations.count(name),
      queued: (name: FunctionName) => queue.pending(name),
      defaults: scaleDefaults,
      interval: settings.scaleInterval,
      window: settings.scaleWindow,
      followsLoad: settings.autoscaling,
      warn,
    });
  }

  /** @param address `HOST:PORT` where functions are called */
  async start(address: string): Promise<void> {
    await this.#queue.start(address);
    this.#autoscaler.start();
    await this.scheduler.start(address);
    this.observer.start();
  }

  /** Starts no new work, and waits up to `deadlineMs` for queued calls under way. */
  async drain(deadlineMs: number): Promise<void> {
    this.#autoscaler.stop();
    this.observer.stop();
    await Promise.all([this.scheduler.stop(), this.#queue.drain(deadlineMs)]);
  }

  /** Stops all of it. Queued calls that are still under way are given up, and made again after the next start. */
  async stop(): Promise<void> {
    this.#autoscaler.stop();
    this.observer.stop();
    await Promise.all([this.scheduler.stop(), this.#queue.stop()]);
  }
}
