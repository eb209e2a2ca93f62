import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { makeCommandImage } from '../support/local-image.ts';
import { startGateway, type OfGateway } from '../support/of-gateway.ts';
import { processesWith } from '../support/process-table.ts';
import { randomOf } from '../support/random.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { until } from '../support/wait.ts';

/** How often the gateway is killed. */
const KILLS = Number(process.env['GATEWAY_KILLS'] ?? 60);
const SEED = Number(process.env['GATEWAY_KILLS_SEED'] ?? Date.now() % 1_000_000);

/** In the environment of each function, so that its processes are found wherever they hang. */
const MARK = `GATEWAY_KILLS=${process.pid}`;

/** Milliseconds from the start to the kill, at the most. */
const LONGEST_LIFE = 900;

/** An object of the gateway, with the requests for it, one after the other. */
interface Thing {
  /** Value that was acknowledged last; undefined where it is not there. */
  known: string | undefined;
  /** Values of the request whose answer did not come: it may have counted, or not. */
  asked: readonly (string | undefined)[];
  change(gateway: OfGateway, value: string): Promise<void>;
  /** Reads the object from the gateway. */
  read(gateway: OfGateway): Promise<string | undefined>;
}

test(`${KILLS} kills under deployments, secrets, scaling and calls (seed ${SEED})`, async (t) => {
  const random = randomOf(SEED);
  const folder = makeStateFolder();
  makeCommandImage(folder);
  let port = '0'; // the first gateway's port, which the others have to get: nothing else may hold it
  const things: readonly Thing[] = [
    ...['a', 'b', 'c'].map((name) => deployedFunction(name, random)),
    scaledFunction(random),
    ...['s1', 's2'].map((name) => secret(name, random)),
  ];
  let calls = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const gateway = await startGateway(t, { port }, { folder });
    port = String(gateway.port);
    for (const thing of things) await checkRecovered(gateway, thing, kill);
    // One may be under way, as the gateway writes down that a version serves.
    await until(() => halfWritten(folder).length === 0, `the end of what kill ${kill} left half-written`);
    const life = new AbortController();
    const load = ['a', 'b', 'c', 'scaled'].map(async (name) => {
      while (!life.signal.aborted) {
        const { status } = await gateway.request({ path: `/function/${name}` });
        if (status === 200) calls += 1;
      }
    });
    let value = 0;
    const changes = things.map(async (thing) => {
      while (!life.signal.aborted) {
        value += 1;
        await thing.change(gateway, `${kill}-${value}`);
      }
    });
    await new Promise((resolve) => setTimeout(resolve, random() * LONGEST_LIFE));
    life.abort();
    gateway.kill('SIGKILL');
    await gateway.exited;
    await Promise.all([...load, ...changes]);
    await until(() => processesWith(MARK).length === 0, `the end of all functions after kill ${kill}`);
  }
  assert.ok(calls > KILLS, `${calls} calls were answered`);
  console.log(`# ${KILLS} kills, ${calls} calls answered, seed ${SEED}`);
});

/** Compares the state after a kill with the one that was acknowledged before. */
async function checkRecovered(gateway: OfGateway, thing: Thing, kill: number): Promise<void> {
  const found = await thing.read(gateway);
  assert.ok(
    [thing.known, ...thing.asked].includes(found),
    `kill ${kill}: ${found} of ${JSON.stringify(thing)}`,
  );
  thing.known = found;
  thing.asked = [];
}

/** Sends a change; only an answer that acknowledges it makes its value known. */
async function acknowledged(
  thing: Thing,
  value: string | undefined,
  send: () => ReturnType<OfGateway['api']>,
): Promise<void> {
  thing.asked = [value];
  const answer = await send();
  if (answer.error !== undefined) return;
  assert.ok(answer.status >= 200 && answer.status < 300, `${answer.status} ${answer.text}`);
  thing.known = value;
  thing.asked = [];
}

/** A function that tells its version, and is removed at times. */
function deployedFunction(name: string, random: () => number): Thing {
  return {
    known: undefined,
    asked: [],
    async change(gateway, value) {
      const isThere = this.known !== undefined;
      if (isThere && random() < 0.2) {
        const body = { functionName: name };
        await acknowledged(this, undefined, () => gateway.api('DELETE', '/system/functions', { body }));
      } else {
        const body = deployment(name, value);
        await acknowledged(this, value, () =>
          gateway.api(isThere ? 'PUT' : 'POST', '/system/functions', { body }),
        );
      }
    },
    async read(gateway) {
      const found = await gateway.api('GET', `/system/function/${name}`);
      if (found.status === 404) return undefined;
      const { labels } = JSON.parse(found.text) as { labels: Record<string, string> };
      const version = labels['version'];
      const serves = async (): Promise<boolean> =>
        (await gateway.request({ path: `/function/${name}` })).text.trim() === version;
      await until(serves, `${name} to serve its version ${version}`);
      return version;
    },
  };
}

/** A function whose replicas change. */
function scaledFunction(random: () => number): Thing {
  let isDeployed = false;
  return {
    known: undefined,
    asked: [],
    async change(gateway) {
      if (!isDeployed) {
        const { status } = await gateway.api('POST', '/system/functions', {
          body: deployment('scaled', '1'),
        });
        isDeployed = status === 202;
        if (isDeployed) this.known = '1';
        else this.asked = ['1'];
        return;
      }
      const replicas = 1 + Math.floor(random() * 3);
      const body = { serviceName: 'scaled', replicas };
      await acknowledged(this, String(replicas), () =>
        gateway.api('POST', '/system/scale-function/scaled', { body }),
      );
    },
    async read(gateway) {
      const found = await gateway.api('GET', '/system/function/scaled');
      isDeployed = found.status === 200;
      return isDeployed ? String((JSON.parse(found.text) as { replicas: number }).replicas) : undefined;
    },
  };
}

/** A secret, whose value only its file shows. */
function secret(name: string, random: () => number): Thing {
  return {
    known: undefined,
    asked: [],
    async change(gateway, value) {
      const isThere = this.known !== undefined;
      const isRemoved = isThere && random() < 0.2;
      const method = isRemoved ? 'DELETE' : isThere ? 'PUT' : 'POST';
      const body = { name, ...(!isRemoved && { value }) };
      await acknowledged(this, isRemoved ? undefined : value, () =>
        gateway.api(method, '/system/secrets', { body }),
      );
    },
    async read(gateway) {
      const { text } = await gateway.api('GET', '/system/secrets');
      const isListed = (JSON.parse(text) as { name: string }[]).some((one) => one.name === name);
      const file = path.join(gateway.folder, 'secrets', 'openfaas-fn', name);
      assert.equal(existsSync(file), isListed);
      return isListed ? readFileSync(file, 'utf8') : undefined;
    },
  };
}

function deployment(service: string, version: string): object {
  const [name = '', value = ''] = MARK.split('=');
  return {
    service,
    image: 'command',
    envProcess: `printenv VERSION`,
    envVars: { VERSION: version, [name]: value },
    labels: { version },
  };
}

/** Files of the state that were never finished. */
function halfWritten(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return all.filter((name) => path.basename(name).startsWith('.staged-') && !name.includes('images'));
}
