import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behaviour, fixture } from '../support/command.ts';
import { inprocFunction } from '../support/inproc.ts';
import { serverFunction } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { Watchdog, type Variables } from '../support/watchdog.ts';
import { connectToEach, startWithWorkers, workersOf } from '../support/workers.ts';

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const FORKING = ['streaming', 'serializing', 'classic'];

/** Has a request at each worker, whose processes wait for the file `go`. */
async function holdAtEach(
  watchdog: Watchdog,
): Promise<{ connections: Awaited<ReturnType<typeof connectToEach>>; processes: number[] }> {
  const connections = await connectToEach(watchdog);
  for (const connection of connections.values()) connection.send(GET);
  const processes = await until(() => {
    const own = workersOf(watchdog);
    const others = watchdog.leftovers().filter((pid) => !own.includes(pid));
    return others.length >= connections.size && others;
  }, 'the processes');
  return { connections, processes };
}

describe('the end of several workers', { concurrency: 2 }, () => {
  for (const mode of FORKING) {
    test(`${mode}: SIGTERM: health 503 in all, requests in flight are finished, then 0`, async (t) => {
      const watchdog = await startWithWorkers(t, {
        mode,
        fprocess: behaviour('until-file.sh', 'go'),
        healthcheck_interval: '400ms',
      });
      const { connections } = await holdAtEach(watchdog);
      const probes = [...(await connectToEach(watchdog)).values()];
      watchdog.kill('SIGTERM');
      await watchdog.stderr.waitFor(/no new connections in/);
      await until(async () => {
        const answers = await Promise.all(
          Array.from({ length: 6 }, () => watchdog.request({ path: '/_/health' })),
        );
        return answers.every(({ status }) => status === 503);
      }, 'all to be unhealthy');
      for (const connection of probes) {
        connection.send('GET /_/health HTTP/1.1\r\nHost: x\r\n\r\n');
        await connection.waitFor(/^HTTP\/1\.1 503 /);
      }
      await watchdog.stderr.waitFor(/draining: 2 requests/);
      await until(
        async () => (await watchdog.request()).error === 'ECONNREFUSED',
        'connections to be refused',
      );
      watchdog.makeFile('go');
      for (const connection of connections.values()) await connection.waitFor(/200 OK[^]*done/);
      assert.equal((await watchdog.waitExit()).code, 0);
      assert.deepEqual(watchdog.leftovers(), []);
    });

    test(`${mode}: a second signal ends them at once, with what they have started`, async (t) => {
      const watchdog = await startWithWorkers(t, {
        mode,
        fprocess: behaviour('ignore-term.sh'),
        healthcheck_interval: '30s',
      });
      await holdAtEach(watchdog);
      watchdog.kill('SIGTERM');
      await watchdog.stderr.waitFor(/no new connections in/);
      watchdog.kill('SIGINT');
      assert.equal((await watchdog.waitExit()).code, 130);
      await until(() => watchdog.leftovers().length === 0, 'nothing to be left');
    });
  }

  test('static and inproc: SIGTERM, then 0', async (t) => {
    for (const variables of [{ mode: 'static', static_path: fixture('') }, inprocFunction()]) {
      const watchdog = await startWithWorkers(t, variables);
      watchdog.kill('SIGTERM');
      assert.equal((await watchdog.waitExit()).code, 0);
      assert.deepEqual(watchdog.leftovers(), []);
    }
  });

  const KILLED: Readonly<Record<string, () => Variables>> = {
    ...Object.fromEntries(
      FORKING.map((mode) => [mode, () => ({ mode, fprocess: behaviour('ignore-term.sh') })]),
    ),
    http: () => serverFunction({ on_sigterm: 'ignore' }),
    static: () => ({ mode: 'static', static_path: fixture('') }),
    inproc: () => inprocFunction(),
  };
  for (const [mode, variables] of Object.entries(KILLED)) {
    test(`${mode}: nothing is left when the watchdog is killed`, async (t) => {
      const watchdog = await startWithWorkers(t, variables());
      if (FORKING.includes(mode)) await holdAtEach(watchdog);
      else if (mode === 'http') await until(() => watchdog.leftovers().length === 3, 'the function');
      watchdog.kill('SIGKILL');
      await until(() => watchdog.leftovers().length === 0, 'nothing to be left');
    });
  }

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    test(`${signal} while the workers start: nothing is left`, async (t) => {
      const watchdog = Watchdog.spawn(t, serverFunction({ workers: '2', on_sigterm: 'ignore' }));
      await watchdog.stderr.waitFor(/Started logging: stdout/);
      watchdog.kill(signal);
      const { code } = await watchdog.waitExit();
      assert.equal(code, signal === 'SIGTERM' ? 0 : null);
      await until(() => watchdog.leftovers().length === 0, 'nothing to be left');
    });
  }
});
