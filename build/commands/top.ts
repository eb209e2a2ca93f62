import { setTimeout as sleep } from 'node:timers/promises';
import type { WriteStream } from 'node:tty';
import { messageOf } from '../../common/errors.ts';
import { followEvents, type GatewayEvent } from '../gateway-client/events.ts';
import { firstLook, LiveFunctions } from '../gateway-client/live-functions.ts';
import { connectGateway, type GatewayChoice } from '../gateway-client/running-gateway.ts';
import type { Host } from '../host.ts';
import { printable } from '../terminal/printable.ts';
import { Screen } from '../terminal/screen.ts';
import { pageOf, picture, plainTable, type Known } from '../top/picture.ts';
import { FIRST_VIEW, pressed } from '../top/view.ts';

export interface TopOptions extends GatewayChoice {
  /** Undefined for all. */
  readonly namespace: string | undefined;
  readonly once: boolean;
}

const SHORTEST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** `ofkit top`: shows the figures of functions as they change; once with --once, or where stdout is no terminal. */
export async function showTop(host: Host, options: TopOptions): Promise<void> {
  if (host.out.live && !options.once) return watch(host, options);
  const look = await firstLook(await connectGateway(host, options), host.interrupted);
  for (const line of plainTable(look.of(options.namespace))) host.out.line(line);
  if (look.problem !== '') host.err.line(`stale: ${printable(look.problem)}`);
}

async function watch(host: Host, options: TopOptions): Promise<void> {
  const live = new LiveFunctions();
  const quit = new AbortController();
  const signal = AbortSignal.any([host.interrupted, quit.signal]);
  let told: Pick<Known, 'url' | 'heardAt' | 'silence'> = { url: '', heardAt: undefined, silence: '' };
  let view = FIRST_VIEW;
  const draw = (): void => {
    const known = { ...told, functions: live.of(options.namespace), problem: live.problem };
    screen.draw(picture(known, view, screen.size, { now: Date.now(), paint: host.out.paint }));
  };
  const screen = new Screen(host.out.stream as WriteStream, host.stdin(), {
    onKey: (key) => {
      if (key === 'q' || key === 'ctrl-c') return quit.abort();
      view = pressed(view, key, { page: pageOf(screen.size), rows: live.of(options.namespace).length });
      return draw();
    },
    onRedraw: draw,
    onGone: () => quit.abort(),
  });
  const clock = setInterval(() => told.silence !== '' && draw(), 1000);
  try {
    draw();
    await follow(host, options, signal, {
      onEvent: (url, event) => {
        live.take(event);
        told = { url, heardAt: Date.now(), silence: '' };
        draw();
      },
      onSilence: (reason) => {
        told = { ...told, silence: reason };
        draw();
      },
    });
  } finally {
    clearInterval(clock);
    screen.close();
  }
}

interface Heard {
  readonly onEvent: (url: string, event: GatewayEvent) => void;
  /** The gateway is not heard any more; it is asked again and again. */
  readonly onSilence: (reason: string) => void;
}

/**
 * Follows a gateway until `signal` is aborted. If the gateway is gone, it connects again, at the new address if it
 * has one.
 * @throws KitError if the first connection fails
 */
async function follow(host: Host, gateway: GatewayChoice, signal: AbortSignal, heard: Heard): Promise<void> {
  let isHeard = false;
  let wait = SHORTEST_WAIT_MS;
  while (!signal.aborted) {
    let reason = 'the gateway has ended the stream';
    try {
      const client = await connectGateway(host, gateway);
      for await (const event of followEvents(client, signal)) {
        isHeard = true;
        wait = SHORTEST_WAIT_MS;
        heard.onEvent(client.url, event);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isHeard) throw error;
      reason = messageOf(error);
    }
    heard.onSilence(reason);
    await sleep(wait, undefined, { signal }).catch(() => undefined);
    wait = Math.min(LONGEST_WAIT_MS, wait * 2);
  }
}
