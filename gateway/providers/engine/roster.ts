import { messageOf } from '../../../common/errors.ts';
import type { EngineClient } from './client/engine-client.ts';
import type { ContainerInstance } from './container-instance.ts';
import { LABELS } from './labels.ts';
import type { EngineEvent, ListedContainer } from './wire.ts';

/** A container that runs and that a gateway before has started. */
interface Found {
  readonly container: string;
  readonly generation: string;
  /** When it was first seen, in milliseconds of a steady clock. */
  readonly seenAt: number;
}

/** For so long a container without an instance may belong to a version that waits for its next try, in milliseconds. */
const UNCLAIMED_MS = 90_000;
const REMOVE_WITHIN_MS = 30_000;

/** After these events it is looked what has become of a container. */
const ENDINGS: ReadonlySet<string> = new Set(['die', 'died', 'oom', 'remove', 'destroy']);

/** Which containers are this gateway's: those of its instances, those to be adopted, and those that nobody wants. */
export class Roster {
  readonly #warn: (line: string) => void;
  readonly #now: () => number;
  /** By the engine's id. */
  readonly #live = new Map<string, ContainerInstance>();
  /** Names of instances that are there, or are being made. */
  readonly #own = new Set<string>();
  /** By the name of the instance. */
  readonly #found = new Map<string, Found>();
  readonly #reserved = new Map<string, Found>();
  readonly #removing = new Set<string>();
  readonly #generations = new Map<string, string>();
  #isTakenUp = false;

  /** @param now a steady clock in milliseconds */
  constructor(warn: (line: string) => void, now: () => number) {
    this.#warn = warn;
    this.#now = now;
  }

  /** A version is there, of a function of that namespace. */
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

  /** Sets a container of a version aside for an instance. @returns the instance's name */
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

  /** Takes the container that was set aside for an instance, or any of its version's. @returns the engine's id */
  claim(instance: string, generation: string): string | undefined {
    const name = this.#reserved.has(instance) ? instance : this.reserve(generation);
    const found = name === undefined ? undefined : this.#reserved.get(name);
    if (name !== undefined) this.#reserved.delete(name);
    return found?.container;
  }

  /** An instance of this name is being made: its container is nobody's orphan. */
  begin(instance: string): void {
    this.#own.add(instance);
  }

  add(instance: ContainerInstance): void {
    this.#live.set(instance.container, instance);
  }

  /** It is to be gone: where the engine is away its container is removed later. */
  end(instance: string, container: string | undefined): void {
    this.#own.delete(instance);
    if (container !== undefined) this.#live.delete(container);
  }

  onEvent({ Action, Actor }: EngineEvent): void {
    if (ENDINGS.has(Action)) void this.#live.get(Actor.ID)?.look();
  }

  /** Compares what there is with what is known. */
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

  /** All functions have been taken up: what no version has reserved is wanted by none. */
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
        this.#warn(`a container that nobody wants cannot be removed (${container}): ${messageOf(thrown)}`),
      )
      .finally(() => this.#removing.delete(container));
  }
}
