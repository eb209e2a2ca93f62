import { messageOf } from '../../common/errors.ts';
import { isFunctionUnknown } from '../errors.ts';
import { qualifiedName, type FunctionName } from '../functions/function-name.ts';
import type { FunctionStatus } from '../functions/function-status.ts';
import { allFunctions } from '../providers/all-functions.ts';
import type { Provider } from '../providers/provider.ts';
import { desiredReplicas, isIdle, settle, type Recommendation } from './desired-replicas.ts';
import { LoadHistory } from './load-history.ts';
import { isAutoscaled, readScalePolicy, type ScaleDefaults, type ScalePolicy } from './scale-policy.ts';

export interface AutoscalerParts {
  readonly provider: Provider;
  /** Counts the calls of a function that have ended so far. */
  readonly ended: (name: FunctionName) => number;
  /** Counts the queued calls of a function that wait or run. */
  readonly queued: (name: FunctionName) => number;
  readonly defaults: ScaleDefaults;
  /** The time between two decisions, in milliseconds. */
  readonly interval: number;
  /** The time over which the load is averaged, in milliseconds. */
  readonly window: number;
  /** Whether to scale by load. Scaling to zero does not depend on this. */
  readonly followsLoad: boolean;
  readonly warn: (line: string) => void;
}

/** The data of a function between two decisions. */
interface Watched {
  readonly history: LoadHistory;
  recommendations: readonly Recommendation[];
}

const SAMPLE_MS = 1000;

/** Scales functions: by load if their labels ask for it, and to zero when nothing calls them. */
export class Autoscaler {
  readonly #parts: AutoscalerParts;
  readonly #watched = new Map<string, Watched>();
  #functions: readonly FunctionStatus[] = [];
  #timer: NodeJS.Timeout | undefined;
  #decidedAt = 0;
  #isStopped = false;
  #isUnlisted = false;

  constructor(parts: AutoscalerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setTimeout(() => void this.#tick(), Math.min(SAMPLE_MS, this.#parts.interval));
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #tick(): Promise<void> {
    const now = performance.now();
    const isDue = now - this.#decidedAt >= this.#parts.interval;
    const isListed = isDue && (await this.#list());
    for (const status of this.#functions) this.#sample(status, now);
    if (isDue) this.#decidedAt = now;
    if (isListed) {
      this.#forgetRemoved();
      for (const status of this.#functions) if (!this.#isStopped) await this.#decideFor(status, now);
    }
    if (!this.#isStopped) this.start();
  }

  /** @returns whether the provider listed its functions. Only the first of several failures in a row is logged. */
  async #list(): Promise<boolean> {
    try {
      this.#functions = await allFunctions(this.#parts.provider);
      this.#isUnlisted = false;
      return true;
    } catch (thrown) {
      if (!this.#isUnlisted) this.#parts.warn(`Scaling is put off: ${messageOf(thrown)}`);
      this.#isUnlisted = true;
      return false;
    }
  }

  /** Decides for one function, and logs a failure, so that it does not stop the decisions for others. */
  async #decideFor(status: FunctionStatus, now: number): Promise<void> {
    try {
      await this.#decide(status, now);
    } catch (thrown) {
      if (isFunctionUnknown(thrown)) return; // it was removed meanwhile
      this.#parts.warn(`${qualifiedName(status.deployment)} cannot be scaled: ${messageOf(thrown)}`);
    }
  }

  #sample({ deployment }: FunctionStatus, now: number): void {
    const { provider, ended, queued, window } = this.#parts;
    const key = qualifiedName(deployment);
    let watched = this.#watched.get(key);
    if (!watched) {
      watched = { history: new LoadHistory(window, now), recommendations: [] };
      this.#watched.set(key, watched);
    }
    const inFlight = provider.endpoints.load(deployment);
    watched.history.add({ at: now, ended: ended(deployment), inFlight, queued: queued(deployment) });
  }

  async #decide(status: FunctionStatus, now: number): Promise<void> {
    const { deployment, replicas, availableReplicas } = status;
    const { provider, defaults, followsLoad, queued } = this.#parts;
    const watched = this.#watched.get(qualifiedName(deployment));
    if (!watched || replicas === 0) return;
    const { policy } = readScalePolicy(deployment, defaults);
    const { history } = watched;
    const isQuiet = provider.endpoints.load(deployment) + queued(deployment) === 0;
    if (isQuiet && isIdle(policy, history.lastActive, now)) return provider.stopIfIdle(deployment);
    if (!followsLoad || !isAutoscaled(deployment) || availableReplicas === 0) return;
    const total = await this.#loadOf(status, policy, history);
    const latest = { at: now, replicas: desiredReplicas(policy, { ready: availableReplicas, total }) };
    const settled = settle(policy, watched.recommendations, latest);
    watched.recommendations = settled.remembered;
    if (settled.replicas !== replicas) await provider.scale(deployment, settled.replicas);
  }

  async #loadOf(
    { deployment, availableReplicas }: FunctionStatus,
    policy: ScalePolicy,
    history: LoadHistory,
  ): Promise<number> {
    if (policy.type === 'rps') return history.rate;
    if (policy.type === 'capacity') return history.meanInFlight;
    if (policy.type === 'queue') return this.#parts.queued(deployment);
    const { usage } = await this.#parts.provider.status(deployment, { usage: true });
    return availableReplicas === 0 ? 0 : (usage?.cpu ?? 0);
  }

  #forgetRemoved(): void {
    const known = new Set(this.#functions.map(({ deployment }) => qualifiedName(deployment)));
    for (const key of this.#watched.keys()) if (!known.has(key)) this.#watched.delete(key);
  }
}
