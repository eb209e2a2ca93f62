import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../common/errors.ts';
import { givenUpLine } from '../../../common/status-notes.ts';
import type { FunctionName } from '../../functions/function-name.ts';
import type { FunctionStatus } from '../../functions/function-status.ts';
import type { LogRing } from '../../function-logs/log-ring.ts';
import type { Rotation } from '../../routing/rotation.ts';
import type { FunctionRecord } from '../../state/function-store.ts';
import { CpuTotal } from './cpu-total.ts';
import { isInspected, type OwnPorts } from './own-ports.ts';
import { planInstances } from './instance-plan.ts';
import { untilReady } from './readiness.ts';
import type { Turnstile } from './turnstile.ts';
import { endOf, type Instance } from './instance.ts';
import { managedStatus } from './managed-status.ts';
import { endpointOf, isDraining, type Member, type FunctionVersion } from './function-version.ts';
import { watch } from './watch.ts';

/** The parts of the provider that a function works with. */
export interface ManagedFunctionContext {
  readonly rotation: Rotation;
  /** Called when the function has changed its record by itself. The provider writes it in its turn. */
  readonly onRecordChanged: () => void;
  readonly turnstile: Turnstile;
  /** Called with a version that starts no more instances, once its last one has ended. */
  readonly onRetired: (version: FunctionVersion) => void;
  /** For development: the ports that lead to this function only. */
  readonly ownPorts: OwnPorts | undefined;
}

/** How long an instance may take to answer its calls before it is stopped, in milliseconds. */
const DRAIN_MS = 60_000;
/** How long it may take to end after that, in milliseconds. */
const STOP_MS = 10_000;
/** How long the start of one instance keeps others waiting, in milliseconds. */
const START_HOLDS_MS = 5000;

/** One deployed function: its versions and their instances, which it starts and stops until they are as deployed. */
export class ManagedFunction {
  readonly name: FunctionName;
  readonly ring: LogRing;
  readonly #context: ManagedFunctionContext;
  #record: FunctionRecord;
  #current: FunctionVersion;
  #previous: FunctionVersion | undefined;
  /** Versions before that one, whose last instances are draining. */
  readonly #retired = new Set<FunctionVersion>();
  #timer: NodeJS.Timeout | undefined;
  #isEnding = false;
  readonly #cpuTotal = new CpuTotal();
  /** Instances that are ending. `stop` waits for them. */
  readonly #ending = new Set<Promise<void>>();

  constructor(
    context: ManagedFunctionContext,
    record: FunctionRecord,
    versions: { readonly current: FunctionVersion; readonly previous: FunctionVersion | undefined },
    ring: LogRing,
  ) {
    const { name, namespace } = record.current.deployment;
    this.name = { name, namespace };
    this.ring = ring;
    this.#context = context;
    this.#record = record;
    this.#current = versions.current;
    this.#previous = versions.previous;
  }

  get ownPorts(): OwnPorts | undefined {
    return this.#context.ownPorts;
  }

  get record(): FunctionRecord {
    return this.#record;
  }

  /** The versions that run or are about to: the current one, and the one before while it is needed. */
  get versions(): FunctionVersion[] {
    return this.#previous ? [this.#current, this.#previous] : [this.#current];
  }

  /** The versions that have instances or may start some: their files are in use. */
  get versionsInUse(): FunctionVersion[] {
    return [...this.versions, ...this.#retired];
  }

  /** The version that serves until a next one is ready. */
  get lastServing(): FunctionVersion | undefined {
    return this.#current.hasServed ? this.#current : this.#previous;
  }

  /** Begins to serve calls. */
  start(): void {
    this.#context.rotation.open(this.name, this.#wake);
    this.#reconcile();
  }

  /** Changes to another version or another number of instances. The record must be on the disk already. */
  become(record: FunctionRecord, current = this.#current): void {
    this.#record = record;
    if (current !== this.#current) {
      const serving = this.lastServing;
      for (const version of this.versions) if (version !== serving) this.#retire(version);
      this.#previous = serving;
      this.#current = current;
    }
    // a call that waits starts the function again
    if (record.replicas === 0 && this.#context.rotation.isAwaited(this.name)) this.#wake();
    else this.#reconcile();
  }

  /** Stops the function for good: its calls are answered first. Resolves when its last instance has ended. */
  async remove(): Promise<void> {
    this.#isEnding = true;
    clearTimeout(this.#timer);
    const drained = this.#context.rotation.shut(this.name);
    await Promise.race([drained, sleep(DRAIN_MS, undefined, { ref: false })]);
    await this.stop(STOP_MS);
    for (const version of this.versions) this.#context.onRetired(version);
  }

  /** Stops all instances. Calls in flight have `deadlineMs` to be answered. */
  async stop(deadlineMs: number): Promise<void> {
    this.#isEnding = true;
    clearTimeout(this.#timer);
    for (const version of this.versions)
      for (const member of version.members.values()) this.#drain(version, member, deadlineMs);
    await Promise.all(this.#ending);
    await this.ring.flush();
  }

  async kill(): Promise<void> {
    this.#isEnding = true;
    clearTimeout(this.#timer);
    const all = this.versionsInUse.flatMap(({ members }) => [...members.values()]);
    await Promise.all(all.map(({ instance }) => instance?.kill()));
  }

  status(withUsage: boolean): Promise<FunctionStatus> {
    return managedStatus({
      record: this.#record,
      current: this.#current,
      previous: this.#previous,
      versions: this.versionsInUse,
      inFlightAt: (id) => this.#context.rotation.inFlight(this.name, id),
      cpuTotal: withUsage ? this.#cpuTotal : undefined,
    });
  }

  /** Starts a function at zero, as a call waits for it. */
  readonly #wake = (): void => {
    if (this.#record.replicas > 0 || this.#isEnding) return;
    this.#record = { ...this.#record, replicas: 1 };
    // The call is served whether or not the disk takes the new number.
    this.#context.onRecordChanged();
    this.#reconcile();
  };

  #reconcile(): void {
    clearTimeout(this.#timer);
    if (this.#isEnding) return;
    const now = performance.now();
    const facts = {
      replicas: this.#record.replicas,
      current: this.#current,
      canOverlap: this.#current.canOverlap && this.#previous?.canOverlap !== false,
      // In development, a version that fails is not tried again: the developer reads why, and saves a change.
      retriesUpdate: !this.ownPorts,
      ...(this.#previous && { previous: this.#previous }),
    };
    const plan = planInstances(facts, now);
    for (const version of this.versions) {
      for (const id of plan.stop) {
        const member = version.members.get(id);
        if (member) this.#drain(version, member, DRAIN_MS);
      }
    }
    for (let count = 0; count < plan.startCurrent; count += 1) this.#launch(this.#current);
    for (let count = 0; this.#previous && count < plan.startPrevious; count += 1)
      this.#launch(this.#previous);
    this.#forgetPrevious();
    if (plan.lookAgainAt !== undefined)
      this.#timer = setTimeout(() => this.#reconcile(), Math.max(1, plan.lookAgainAt - now));
  }

  /** Forgets the version before once it has no instance left, and the current one has served or none is wanted. */
  #forgetPrevious(): void {
    const previous = this.#previous;
    if (!previous || previous.members.size > 0 || !(this.#current.hasServed || this.#record.replicas === 0))
      return;
    this.#previous = undefined;
    const { previous: _, ...record } = this.#record;
    this.#record = record;
    this.#context.onRecordChanged();
    this.#context.onRetired(previous);
  }

  #launch(version: FunctionVersion): void {
    const member = version.addMember();
    void this.#context.turnstile.pass(() =>
      Promise.race([this.#bringUp(version, member), sleep(START_HOLDS_MS, undefined, { ref: false })]),
    );
  }

  async #bringUp(version: FunctionVersion, member: Member): Promise<void> {
    if (isDraining(member) || this.#isEnding) return;
    let instance: Instance;
    try {
      instance = await version.launch({
        id: member.id,
        onLine: (line, kind) => this.ring.append(member.id, line, kind),
        onDebugger: (port) => this.#onDebugger(member, port),
        keptLines: () => this.ring.read(),
        signal: member.unwanted.signal,
      });
    } catch (thrown) {
      if (!isDraining(member)) this.#fail(version, member, messageOf(thrown));
      return;
    }
    if (isDraining(member) || this.#isEnding) return void this.#track(instance.kill());
    member.instance = instance;
    instance.onceGone(() => this.#onGone(version, member));
    const reason = await untilReady(instance, version.probes.ready);
    if (!version.members.has(member.id) || isDraining(member)) return;
    if (reason !== undefined) return this.#fail(version, member, instance.endedBy ?? reason);
    this.#serve(version, member);
    this.#reconcile();
    void this.#watch(version, member, instance);
  }

  /**
   * Leads the function's debugger port to the instance that serves. Without such a port, the log tells each instance's.
   */
  #onDebugger(member: Member, port: number): void {
    member.debuggerPort = port;
    const stable = this.ownPorts?.debugger;
    if (!stable) this.ring.append(member.id, `of-gateway: its debugger is at 127.0.0.1:${port}`, 'gateway');
    else if (member.phase === 'serving') stable.switchTo(port);
  }

  #serve(version: FunctionVersion, member: Member): void {
    version.serve(member, performance.now());
    this.ownPorts?.debugger?.switchTo(member.debuggerPort);
    this.#context.rotation.add(this.name, endpointOf(member));
  }

  /** Takes an instance that has ended out of the rotation at once, and notes a failure if nothing had stopped it. */
  #onGone(version: FunctionVersion, member: Member): void {
    void this.#context.rotation.withdraw(this.name, member.id);
    member.gone.abort();
    if (member.phase === 'serving') this.#fail(version, member, endOf(member.instance));
  }

  #fail(version: FunctionVersion, member: Member, reason: string): void {
    if (!version.members.delete(member.id) || this.#isEnding) return void member.instance?.kill();
    void this.#context.rotation.withdraw(this.name, member.id);
    version.fail(member, reason, performance.now());
    this.ring.append(member.id, givenUpLine(reason), 'gateway');
    this.#track(member.instance?.kill() ?? Promise.resolve());
    this.#reconcile();
  }

  async #watch(version: FunctionVersion, member: Member, instance: Instance): Promise<void> {
    // an instance at a breakpoint answers no probe
    if (this.ownPorts && isInspected(version.record.deployment)) return;
    await watch(instance, version.probes, {
      isOver: () => isDraining(member) || !version.members.has(member.id),
      onUnhealthy: (reason) => this.#fail(version, member, reason),
      onReady: () => {
        if (member.phase === 'waiting') this.#serve(version, member);
      },
      onUnready: () => {
        if (member.phase !== 'serving') return;
        member.phase = 'waiting';
        void this.#context.rotation.withdraw(this.name, member.id);
      },
    });
  }

  #drain(version: FunctionVersion, member: Member, deadlineMs: number): void {
    if (member.phase === 'draining') return;
    member.phase = 'draining';
    member.unwanted.abort(new Error('it is not wanted any more'));
    const drained = this.#context.rotation.withdraw(this.name, member.id);
    const end = async (): Promise<void> => {
      await Promise.race([drained, sleep(deadlineMs, undefined, { ref: false })]);
      await member.instance?.stop(STOP_MS);
      version.members.delete(member.id);
      this.#forgetRetired(version);
      this.#reconcile();
    };
    this.#track(end());
  }

  /** Stops the instances of a version that is neither the current one nor the one before. */
  #retire(version: FunctionVersion): void {
    this.#retired.add(version);
    for (const member of version.members.values()) this.#drain(version, member, DRAIN_MS);
    this.#forgetRetired(version);
  }

  /** Forgets a retired version once its last instance has ended: until then, that one needs its files. */
  #forgetRetired(version: FunctionVersion): void {
    if (version.members.size === 0 && this.#retired.delete(version)) this.#context.onRetired(version);
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#ending.delete(tracked));
    this.#ending.add(tracked);
  }
}
