import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { call, getJson } from '../api/client.ts';
import type { AsyncCall } from '../api/types.ts';
import { keyOf, live } from '../live/live.ts';
import { namespace } from '../live/preferences.ts';
import { useStore } from '../live/store.ts';
import { Empty } from '../parts/empty.tsx';
import { valueOf } from '../parts/field.tsx';
import { ago, bytes, count, dateTime, milliseconds } from '../parts/format.ts';
import { useLoaded } from '../parts/load.ts';
import { tellDone, tellFailed } from '../parts/notices.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { useMayWrite } from '../parts/shell.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { useLocale, useTexts } from '../text/text.ts';
import { ReplayDialog } from './replay-dialog.tsx';

const STATES = ['', 'waiting', 'running', 'done', 'dead', 'cancelled'] as const;
const REFRESH_MS = 2000;
const MOST = 200;

export function AsyncPage(): VNode {
  const t = useTexts();
  const chosen = useStore(namespace);
  const { functions, queues } = useStore(live);
  const [state, setState] = useState<(typeof STATES)[number]>('');
  const [name, setName] = useState('');
  const [replayed, replay] = useState<AsyncCall | undefined>();
  const query = new URLSearchParams({
    limit: String(MOST),
    ...(state !== '' && { state }),
    ...(name !== '' && { function: name }),
  });
  const { value, error, reload } = useLoaded<AsyncCall[]>(
    (signal) => getJson(`/system/async?${query}`, { signal }),
    String(query),
    REFRESH_MS,
  );
  const calls = value?.filter((one) => chosen === '' || one.namespace === chosen);
  const cancel = async ({ callId }: AsyncCall): Promise<void> => {
    try {
      await call('DELETE', `/async-function/${encodeURIComponent(callId)}`);
      tellDone(t.asyncCalls.cancelled);
    } catch (thrown) {
      tellFailed(thrown);
    }
    reload();
  };
  const shownQueues = queues.filter((queue) => chosen === '' || queue.namespace === chosen);
  return (
    <>
      <PageHead title={t.nav.async}>
        <select aria-label={t.common.function} value={name} onChange={(event) => setName(valueOf(event))}>
          <option value="">{t.asyncCalls.allFunctions}</option>
          {[...functions.values()]
            .map(keyOf)
            .sort()
            .map((key) => (
              <option key={key}>{key}</option>
            ))}
        </select>
      </PageHead>
      {shownQueues.length > 0 && (
        <ul class="queues" aria-label={t.asyncCalls.queues}>
          {shownQueues.map((queue) => (
            <li key={`${queue.queue} ${queue.function}.${queue.namespace}`} class="card queue">
              <span class="queue-name">
                {queue.function}
                <span class="faint">.{queue.namespace}</span>
              </span>
              <span class="faint">{queue.queue}</span>
              <span>{t.asyncCalls.load(count(queue.waiting), count(queue.running))}</span>
            </li>
          ))}
        </ul>
      )}
      <div class="segments" role="group" aria-label={t.functions.columns.state}>
        {STATES.map((one) => (
          <button key={one} type="button" aria-pressed={one === state} onClick={() => setState(one)}>
            {one === '' ? t.asyncCalls.all : t.asyncStates[one]}
          </button>
        ))}
      </div>
      {error && <Trouble>{error.message}</Trouble>}
      {calls?.length === 0 && (
        <Empty icon="async" title={t.asyncCalls.none}>
          <p>{t.asyncCalls.noneText}</p>
          <pre tabIndex={0}>curl -d '…' {location.origin}/async-function/NAME</pre>
        </Empty>
      )}
      {calls !== undefined && calls.length > 0 && (
        <Calls calls={calls} onCancel={(one) => void cancel(one)} onReplay={replay} />
      )}
      {replayed && (
        <ReplayDialog
          replayed={replayed}
          onClose={() => {
            replay(undefined);
            reload();
          }}
        />
      )}
    </>
  );
}

function Calls({
  calls,
  onCancel,
  onReplay,
}: {
  readonly calls: readonly AsyncCall[];
  readonly onCancel: (call: AsyncCall) => void;
  readonly onReplay: (call: AsyncCall) => void;
}): VNode {
  const t = useTexts();
  const locale = useLocale();
  const mayWrite = useMayWrite();
  return (
    <div class="card table-card">
      <table>
        <thead>
          <tr>
            <th scope="col">{t.functions.columns.state}</th>
            <th scope="col">{t.common.function}</th>
            <th scope="col">{t.asyncCalls.id}</th>
            <th scope="col" class="number">
              {t.asyncCalls.tries}
            </th>
            <th scope="col">{t.asyncCalls.last}</th>
            <th scope="col">{t.asyncCalls.callback}</th>
            <th scope="col">{t.asyncCalls.when}</th>
            <th scope="col">
              <span class="visually-hidden">{t.common.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {calls.map((one) => (
            <tr key={`${one.callId} ${one.submittedAt}`}>
              <td>
                <span class={`state async-${one.state}`}>
                  <span class="dot" aria-hidden="true" />
                  {t.asyncStates[one.state]}
                </span>
              </td>
              <td>
                {one.function}
                <span class="faint">.{one.namespace}</span>
              </td>
              <td class="code" title={one.callId}>
                {one.callId.slice(0, 8)} <span class="faint">{bytes(one.bytes)}</span>
              </td>
              <td class="number">{one.tries}</td>
              <td class="number-left">
                {one.lastStatus === undefined ? '–' : one.lastStatus}
                {one.lastSeconds !== undefined && (
                  <span class="faint"> {milliseconds(one.lastSeconds * 1000)}</span>
                )}
              </td>
              <td>{t.callbacks[one.callback]}</td>
              <td title={dateTime(one.submittedAt)}>
                {ago(one.submittedAt, locale)}
                {one.state === 'waiting' && one.tries > 0 && one.dueAt !== undefined && (
                  <span class="faint"> · {t.asyncCalls.next(ago(one.dueAt, locale))}</span>
                )}
              </td>
              <td class="row-actions">
                {mayWrite && (one.state === 'waiting' || one.state === 'running') && (
                  <button type="button" class="small" onClick={() => onCancel(one)}>
                    {t.asyncCalls.cancel}
                  </button>
                )}
                {mayWrite && one.state === 'dead' && (
                  <button type="button" class="small" onClick={() => onReplay(one)}>
                    {t.asyncCalls.replay}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
