import { test, type TestContext } from 'node:test';
import type { CallStore } from '../../gateway/async/call-store.ts';
import { JetStreamStore } from '../../gateway/async/jetstream/jetstream-store.ts';
import { LevelStore } from '../../gateway/async/level-store.ts';
import { readNatsAddress } from '../../gateway/settings/nats-address.ts';
import { NatsServer, reasonWithoutNats } from './nats-server.ts';
import type { GatewayVariables } from './of-gateway.ts';

/** One of the places where queued calls can be kept. */
export interface BackEnd {
  /** The settings by which a gateway keeps them there. */
  readonly variables: GatewayVariables;
  /** The same for a queue in the test's own process. */
  openStore(folder: string): Promise<CallStore>;
  readonly nats: NatsServer | undefined;
}

export const embedded: BackEnd = {
  variables: {},
  openStore: (folder) => LevelStore.open(folder),
  nats: undefined,
};

const ACK_WAIT_MS = 1000;

/** The queue in a NATS server. */
export function backEndOf(nats: NatsServer): BackEnd & { readonly nats: NatsServer } {
  return {
    variables: { nats_url: nats.url, ack_wait: `${ACK_WAIT_MS}ms` },
    openStore: (folder) => openJetStreamStore(nats, folder),
    nats,
  };
}

function openJetStreamStore({ url }: NatsServer, folder: string): Promise<CallStore> {
  const address = readNatsAddress(url);
  if (!address) throw new Error(`${url} cannot be read`);
  const common = { stream: 'OF_GATEWAY', credentials: undefined, ackWait: ACK_WAIT_MS };
  return JetStreamStore.open({ folder, address, ...common, warn: () => undefined });
}

const withoutNats = reasonWithoutNats() ?? false;

/** A test that both back ends have to pass. */
export function testBackEnds(name: string, body: (t: TestContext, backEnd: BackEnd) => Promise<void>): void {
  test(name, (t) => body(t, embedded));
  testJetStream(`with NATS: ${name}`, body);
}

/** A test that needs a NATS server. */
export function testJetStream(
  name: string,
  body: (t: TestContext, backEnd: BackEnd & { readonly nats: NatsServer }) => Promise<void>,
): void {
  test(name, { skip: withoutNats }, async (t) => body(t, backEndOf(await NatsServer.start(t))));
}
