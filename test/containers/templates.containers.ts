import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { text } from 'node:stream/consumers';
import { execa } from 'execa';
import { TEMPLATES } from '../../scripts/containers/images.ts';
import { Container } from './container.ts';

for (const name of TEMPLATES) {
  test(`${name}: healthy, answers, and finishes a request that podman stop comes into`, async (t) => {
    const container = await Container.start(t, `localhost/${name}:latest`);
    await container.ready();
    const health = await execa('podman', ['healthcheck', 'run', container.id], { reject: false });
    assert.equal(health.exitCode, 0, 'the HEALTHCHECK of the image');
    assert.equal(await container.inspect('{{.State.Health.Status}}'), 'healthy');
    assert.equal((await fetch(await container.url('/_/health'))).status, 200);
    assert.equal(await container.exec('id', '-u'), '1000');

    // Half of the body is there when SIGTERM comes, the rest when no connection is accepted any more.
    const body = JSON.stringify({ name: 'Ada' });
    const sent = request(await container.url(), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    });
    const answered = once(sent, 'response');
    sent.write(body.slice(0, 5));
    await once(sent, 'socket');
    const stopped = container.stop();
    await container.logged(/No new connections allowed, draining: 1 request/);
    sent.end(body.slice(5));
    const [response] = (await answered) as [IncomingMessage];
    assert.equal(response.statusCode, 200, await container.logs());
    assert.match(await text(response), /Ada|Hello/);
    assert.equal(await stopped, 0, await container.logs());
  });
}
