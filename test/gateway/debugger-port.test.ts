import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { DebuggerPort } from '../../gateway/providers/instances/debugger-port.ts';
import { within } from '../support/wait.ts';

test('a debugger that comes before the port is known waits for it; one that is attached is let go', async (t) => {
  const inspector = createServer((socket) => socket.write('hello'));
  inspector.listen(0, '127.0.0.1');
  await once(inspector, 'listening');
  t.after(() => inspector.close());
  const port = await DebuggerPort.listen(0);
  t.after(() => port.close());
  const early = connect(port.port, '127.0.0.1');
  t.after(() => early.destroy());
  await once(early, 'connect');
  port.switchTo((inspector.address() as AddressInfo).port);
  const [first] = (await within(once(early, 'data'), 'the inspector to speak')) as [Buffer];
  assert.equal(String(first), 'hello');
  const rest = text(early);
  port.switchTo(undefined);
  assert.equal(await within(rest, 'the debugger to be let go'), '');
});
