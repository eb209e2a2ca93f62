import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { ConnectionPool, type PooledConnection } from '../../common/http/upstream/connection-pool.ts';

/** A connection on which as many requests were answered as the test says. */
class FakeConnection implements PooledConnection {
  isOpen = true;
  answers = 0;
  idleSince = performance.now();

  release(): void {
    this.idleSince = performance.now();
  }

  close(): void {
    this.isOpen = false;
  }
}

function poolOf(t: TestContext): ConnectionPool<FakeConnection> {
  const pool = new ConnectionPool(() => new FakeConnection());
  t.after(() => pool.close());
  return pool;
}

/** Gives connections back, and waits until they can be taken again. */
async function rest(pool: ConnectionPool<FakeConnection>, given: readonly FakeConnection[]): Promise<void> {
  for (const connection of given) pool.give(connection, false);
  await turn();
  await turn();
}

test('the connection that was used last is taken first', async (t) => {
  const pool = poolOf(t);
  const [first, second] = [pool.takeFresh(), pool.takeFresh()];
  await rest(pool, [first, second]);
  assert.equal(pool.take(true), second);
});

test('one that rests with as many answers as end a connection is not taken when that is learned', async (t) => {
  const pool = poolOf(t);
  const connections = [pool.takeFresh(), pool.takeFresh(), pool.takeFresh()];
  for (const connection of connections) connection.answers = 3;
  await rest(pool, connections);
  for (let lost = 0; lost < 2; lost += 1) pool.lose(pool.take(true));
  assert.ok(!connections.includes(pool.take(true)), 'the third would be lost too');
  assert.deepEqual(
    connections.map(({ isOpen }) => isOpen),
    [false, false, false],
  );
});
