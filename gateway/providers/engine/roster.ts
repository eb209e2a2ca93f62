import { messageOf } from '../../../common/errors.ts';
import type { EngineClient } from './client/engine-client.ts';
import type { ContainerInstance } from './container-instance.ts';
import { LABELS } from './labels.ts';
import type { EngineEvent, ListedContainer } from './engine-answers.ts';

/** A container that runs, and was started by an earlier run of the gateway. */
interface Found {
  readonly container: string;
  readonly generation: string;
  /** When it was first seen, in milliseconds of a monotonic clock. */
  readonly seenAt: number;
}

/** How long a container of a known version may go without an instance: the version may be waiting for its next try. */
const UNCLAIMED_MS = 90_000;
const REMOVE_WITHIN_MS = 30_000;

/** The engine's events after which a container may have ended. */
const ENDINGS: ReadonlySet<string> = new Set(['die', 'died', 'oom', 'remove', 'destroy']);

/** Knows the containers of this gateway: those of its instances, those that can be adopted, and those to be removed. */
export class Roster {
  readonly #warn: (line: string) => void;
  readonly #now: () => number;
  /** Running instances, by the engine's id of their containers. */
  readonly #live = new Map<string, ContainerInstance>();
  /** Names of instances that exist or are being made. */
  readonly #own = new Set<string>();
  /** Containers that can be adopted, by the names of their instances. */
  readonly #found = new Map<string, Found>();
  /** Containers that were set aside to be adopted, by the names of their instances. */
  readonly #reserved = new Map<string, Found>();
  readonly #removing = new Set<string>();
  /** The namespace of each version, by its generation. */
  readonly #generations = new Map<string, string>();
  #isTakenUp = false;

  /** @param now a monotonic clock, in milliseconds */
  constructor(warn: (line: string) => void, now: () => number) {
    this.#warn = warn;
    this.#now = now;
  }

  /** Adds a version, of a function in this namespace. */
  enter(generation: string, namespace: string): void {
    this.#generations.set(generation, namespace);
  }

  leave(generation: string): void {
    this.#generations.delete(generation);
  }

  get generations(): ReadonlySet<string> {
    return new Set(this.#generations.keys());
  }

  get namespaces(): ReadonlySet<string> {
    return new Set(this.#generations.values());
  }

  /**
   * Sets a container of a version aside to be adopted.
   * @returns the name of its instance; undefined where there is none
   */
  reserve(generation: string): string | undefined {
    for (const [instance, found] of this.#found) {
      if (found.generation !== generation) continue;
      this.#found.delete(instance);
      this.#reserved.set(instance, found);
      this.#own.add(instance);
      return instance;
    }
    return undefined;
  }

  /** Takes the container that was set aside for an instance, or any other of its version. @returns the engine's id */
  claim(instance: string, generation: string): string | undefined {
    const name = this.#reserved.has(instance) ? instance : this.reserve(generation);
    const found = name === undefined ? undefined : this.#reserved.get(name);
    if (name !== undefined) this.#reserved.delete(name);
    return found?.container;
  }

  /** Notes that an instance is being made, so that its container is not removed as an unknown one. */
  begin(instance: string): void {
    this.#own.add(instance);
  }

  add(instance: ContainerInstance): void {
    this.#live.set(instance.container, instance);
  }

  /** Forgets an instance. If the engine is away now, the container is removed when it is listed again. */
  forget(instance: string, container: string | undefined): void {
    this.#own.delete(instance);
    if (container !== undefined) this.#live.delete(container);
  }

  onEvent({ Action, Actor }: EngineEvent): void {
    if (ENDINGS.has(Action)) void this.#live.get(Actor.ID)?.look();
  }

  /** Compares the engine's containers with the known ones, and removes those that are not needed. */
  onList(client: EngineClient, listed: readonly ListedContainer[]): void {
    const there = new Map(listed.map((one) => [one.Id, one]));
    for (const [container, instance] of this.#live) {
      const one = there.get(container);
      if (!one) instance.isMissing();
      else if (one.State !== 'running') void instance.look();
    }
    for (const [instance, { container }] of this.#found)
      if (!there.has(container)) this.#found.delete(instance);
    for (const { Id: container, State, Labels } of listed) {
      const instance = Labels[LABELS.instance] ?? '';
      const generation = Labels[LABELS.generation] ?? '';
      if (this.#live.has(container) || this.#own.has(instance)) continue;
      const known = this.#found.get(instance);
      if (State === 'running' && !known)
        this.#found.set(instance, { container, generation, seenAt: this.#now() });
      else if (State !== 'running') this.#remove(client, container);
    }
    if (this.#isTakenUp) this.#removeUnwanted(client, this.#now() - UNCLAIMED_MS);
  }

  /**
   * Tells that all functions of the last run have been taken up: containers that no version has reserved are removed.
   */
  takenUp(client: EngineClient | undefined): void {
    this.#isTakenUp = true;
    if (client) this.#removeUnwanted(client, Number.POSITIVE_INFINITY);
  }

  #removeUnwanted(client: EngineClient, before: number): void {
    for (const [instance, { container, generation, seenAt }] of this.#found) {
      if (this.#generations.has(generation) && seenAt > before) continue;
      this.#found.delete(instance);
      this.#remove(client, container);
    }
  }

  #remove(client: EngineClient, container: string): void {
    if (this.#removing.has(container)) return;
    this.#removing.add(container);
    const query = { force: 'true', v: 'true' };
    client
      .send('DELETE', `/containers/${container}`, { query, timeout: REMOVE_WITHIN_MS }, [404, 409])
      .catch((thrown: unknown) =>
        this.#warn(`an unused container cannot be removed (${container}): ${messageOf(thrown)}`),
      )
      .finally(() => this.#removing.delete(container));
  }
}
