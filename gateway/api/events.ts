import { GatewayError } from '../errors.ts';
import { eventStream } from '../observe/event-stream.ts';
import { historyJson } from '../observe/history.ts';
import { WINDOWS, type WindowName } from '../observe/series.ts';
import { json, type Answer } from './answer.ts';
import type { ApiContext, Call } from './call.ts';
import { functionOf, shown } from './names.ts';

const HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
};

/** `GET /system/events`: the whole state, then its changes, until the client disconnects. */
export function followEvents({ signal }: Call, { observer }: ApiContext): Answer {
  return { status: 200, headers: HEADERS, body: eventStream(observer, signal) };
}

/** `GET /system/history/NAME`: a function's last minutes or hours, for graphs. */
export async function tellHistory(call: Call, context: ApiContext): Promise<Answer> {
  const name = functionOf(call, context, call.subject);
  const wanted = call.query.get('window') ?? '5m';
  const window = (Object.keys(WINDOWS) as WindowName[]).find((one) => one === wanted);
  if (!window) {
    const known = Object.keys(WINDOWS).join(', ');
    throw new GatewayError('REQUEST_INVALID', `window=${shown(wanted)}: expected one of ${known}`);
  }
  await context.provider.status(name, { usage: false }); // answers 404 if there is no such function
  return json(historyJson(context.observer.trackOf(name), window, Date.now()));
}
