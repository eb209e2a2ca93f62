import type { Instance } from '../instances/instance.ts';
import type { SecretsFolder } from '../instances/secrets-folder.ts';
import { readProbes } from '../instances/probe-settings.ts';
import { FunctionVersion, type LaunchOptions } from '../instances/function-version.ts';
import type { ContainerRecord, VersionRecord } from '../../state/function-store.ts';
import { adoptContainer, startContainer } from './container-launch.ts';
import type { EngineContext } from './engine-context.ts';
import { profileNotes } from './profiles.ts';
import { withoutEffect } from './resources.ts';

/** A version of a function that runs in containers. */
export class ContainerVersion extends FunctionVersion {
  override readonly canOverlap = true;
  readonly container: ContainerRecord;
  readonly #context: EngineContext;
  readonly #secrets: SecretsFolder;
  readonly #notes: readonly string[];

  constructor(
    record: VersionRecord & { readonly container: ContainerRecord },
    context: EngineContext,
    secrets: SecretsFolder,
  ) {
    super(record, readProbes(record.deployment.annotations));
    this.container = record.container;
    this.#context = context;
    this.#secrets = secrets;
    const { deployment } = record;
    this.#notes = [...withoutEffect(deployment), ...profileNotes(deployment, context.profiles)];
    context.roster.enter(record.container.generation, deployment.namespace);
  }

  /** Prefers the name of a container that an earlier run of the gateway has started, so that it is adopted. */
  override nextId(): string {
    return this.#context.roster.reserve(this.container.generation) ?? super.nextId();
  }

  override notes(): readonly string[] {
    const { away } = this.#context.link;
    return away === undefined ? this.#notes : [...this.#notes, away];
  }

  override async launch(options: LaunchOptions): Promise<Instance> {
    const { link, roster } = this.#context;
    const { deployment } = this.record;
    const client = await link.untilUp(options.signal);
    const parts = {
      client,
      context: this.#context,
      deployment,
      container: this.container,
      secrets: deployment.secrets.length > 0 ? this.#secrets.path : undefined,
    };
    const adoptable = roster.claim(options.id, this.container.generation);
    const adopted = adoptable === undefined ? undefined : await adoptContainer(parts, options, adoptable);
    return adopted ?? startContainer(parts, options);
  }

  override refreshSecret(name: string): Promise<void> {
    return this.#secrets.refresh(name);
  }

  override async discard(): Promise<void> {
    this.#context.roster.leave(this.container.generation);
    if (this.record.deployment.secrets.length > 0) await this.#secrets.remove();
  }
}
