import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stopIfIdle } from '../../gateway/providers/instances/idle-stop.ts';
import type { Place } from '../../gateway/routing/endpoints.ts';
import { Rotation } from '../../gateway/routing/rotation.ts';
import { randomOf } from '../support/random.ts';

/** Going to zero and calls that come, in every order that chance finds: no process, and a clock of single steps. */

const RUNS = 10_000;
const STEPS = 25;
const NAME = { name: 'fn', namespace: 'openfaas-fn' };

/** A function of one instance at a time, whose start, end and disk take until the test lets them go on. */
class FakeFunction {
  readonly rotation = new Rotation(() => 0);
  /** Places that are taken, by instance. */
  readonly inFlight = new Map<string, Place[]>();
  starts = 0;
  /** Starts that were not needed, as an instance was on its way or served. */
  needlessStarts = 0;
  stoppedBusy = 0;
  served = 0;
  submitted = 0;
  #replicas = 1;
  #starting: string | undefined;
  #serving: string | undefined;
  #writes: (() => void)[] = [];
  #isDeciding = false;

  constructor() {
    this.rotation.open(NAME, () => this.#wake());
    this.#start();
  }

  call(): void {
    this.submitted += 1;
    const place = this.rotation.take(NAME);
    if (place) this.#serve(place);
    else void this.rotation.wait(NAME, new AbortController().signal).then((given) => this.#serve(given));
  }

  endOne(random: number): void {
    const places = [...this.inFlight.values()].flat();
    const place = places[Math.floor(random * places.length)];
    if (!place) return;
    const { instance } = place.endpoint;
    this.inFlight.set(
      instance,
      (this.inFlight.get(instance) ?? []).filter((one) => one !== place),
    );
    place.release();
  }

  becomeReady(): void {
    if (this.#starting === undefined) return;
    this.#serving = this.#starting;
    this.#starting = undefined;
    this.rotation.add(NAME, { instance: this.#serving, host: 'h', port: 1, basePath: '' });
  }

  decide(): void {
    if (this.#isDeciding) return;
    this.#isDeciding = true;
    const decision = stopIfIdle({
      isIdle: () => this.rotation.load(NAME) === 0,
      write: () => new Promise((resolve) => this.#writes.push(resolve)),
      stop: () => this.toZero(),
    });
    void decision.then(() => (this.#isDeciding = false));
  }

  /** As ManagedFunction does: what serves is drained, what starts is given up, and who waits then starts another. */
  toZero(): void {
    this.#replicas = 0;
    this.#starting = undefined;
    const instance = this.#serving;
    this.#serving = undefined;
    if (instance !== undefined) {
      void this.rotation.withdraw(NAME, instance).then(() => {
        if ((this.inFlight.get(instance)?.length ?? 0) > 0) this.stoppedBusy += 1;
      });
    }
    if (this.rotation.isAwaited(NAME)) this.#wake();
  }

  letWritesEnd(): void {
    for (const resolve of this.#writes.splice(0)) resolve();
  }

  get isAtZero(): boolean {
    return this.#replicas === 0;
  }

  #wake(): void {
    if (this.#replicas > 0) return;
    this.#replicas = 1;
    this.#start();
  }

  #start(): void {
    if (this.#starting !== undefined || this.#serving !== undefined) this.needlessStarts += 1;
    this.starts += 1;
    this.#starting = `instance-${this.starts}`;
  }

  #serve(place: Place): void {
    this.served += 1;
    const { instance } = place.endpoint;
    this.inFlight.set(instance, [...(this.inFlight.get(instance) ?? []), place]);
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test(`${RUNS} interleavings of going to zero and of calls that come lose no call`, async () => {
  let stops = 0;
  let kept = 0;
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const random = randomOf(seed);
    const fake = new FakeFunction();
    for (let step = 0; step < STEPS; step += 1) {
      const choice = random();
      const before = fake.isAtZero;
      if (choice < 0.25) fake.call();
      else if (choice < 0.45) fake.endOne(random());
      else if (choice < 0.6) fake.becomeReady();
      else if (choice < 0.8) fake.decide();
      else if (choice < 0.95) fake.letWritesEnd();
      else if (choice < 0.96) fake.toZero(); // by hand, with calls or without
      if (random() < 0.5) await turn();
      if (!before && fake.isAtZero) stops += 1;
      if (choice >= 0.8 && !fake.isAtZero) kept += 1;
    }
    // all that is pending is done
    for (let round = 0; round < 3; round += 1) {
      fake.letWritesEnd();
      await turn();
      fake.becomeReady();
      await turn();
    }
    assert.equal(fake.served, fake.submitted, `seed ${seed}: calls were lost`);
    assert.equal(fake.stoppedBusy, 0, `seed ${seed}: an instance was stopped with a call in flight`);
    assert.equal(fake.needlessStarts, 0, `seed ${seed}: a start was made beside another`);
  }
  assert.ok(stops > RUNS / 10 && kept > RUNS / 10, `both outcomes are met: ${stops} and ${kept}`);
});

test('many calls at zero share one start', async () => {
  const fake = new FakeFunction();
  fake.becomeReady();
  fake.decide();
  await turn();
  fake.letWritesEnd();
  await turn();
  assert.ok(fake.isAtZero);
  for (let count = 0; count < 1000; count += 1) fake.call();
  await turn();
  fake.becomeReady();
  await turn();
  assert.deepEqual([fake.served, fake.starts], [1000, 2]);
});

test('a call that comes while zero is written down keeps the instance', async () => {
  const fake = new FakeFunction();
  fake.becomeReady();
  fake.decide();
  await turn();
  fake.call();
  fake.letWritesEnd();
  await turn();
  assert.equal(fake.isAtZero, false);
  assert.equal(fake.rotation.inFlight(NAME, 'instance-1'), 1);
});
