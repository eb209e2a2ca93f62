import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { call, getJson } from '../api/client.ts';
import { live } from '../live/live.ts';
import { namespace } from '../live/preferences.ts';
import { hrefOf } from '../live/router.ts';
import { useStore } from '../live/store.ts';
import { Empty } from '../parts/empty.tsx';
import { ago, dateTime } from '../parts/format.ts';
import { Icon } from '../parts/icons.tsx';
import { useLoaded } from '../parts/load.ts';
import { tellDone, tellFailed } from '../parts/notices.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { useMayWrite } from '../parts/shell.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { useLocale, useTexts } from '../text/text.ts';

interface Schedule {
  readonly function: string;
  readonly namespace: string;
  readonly schedule: string;
  readonly next: readonly string[];
  readonly lastRun?: string;
  readonly lastStatus?: number;
}

export function SchedulesPage(): VNode {
  const t = useTexts();
  const locale = useLocale();
  const mayWrite = useMayWrite();
  const chosen = useStore(namespace);
  const { schedules } = useStore(live);
  const [running, setRunning] = useState('');
  // the next times are fetched whenever a schedule has run or changed
  const { value, error } = useLoaded<Schedule[]>(
    (signal) => getJson('/system/schedules', { signal }),
    JSON.stringify(schedules),
  );
  const shown = value?.filter((one) => chosen === '' || one.namespace === chosen);
  const run = async (key: string): Promise<void> => {
    setRunning(key);
    try {
      const response = await call('POST', `/system/schedules/${encodeURIComponent(key)}/run`);
      const { status } = (await response.json()) as { status: number };
      tellDone(t.schedules.ran(key, status));
    } catch (thrown) {
      tellFailed(thrown);
    }
    setRunning('');
  };
  return (
    <>
      <PageHead title={t.nav.schedules} />
      {error && <Trouble>{error.message}</Trouble>}
      {shown?.length === 0 && (
        <Empty icon="schedules" title={t.schedules.none}>
          <p>{t.schedules.noneText}</p>
          <pre tabIndex={0}>{'annotations:\n  topic: cron-function\n  schedule: "*/5 * * * *"'}</pre>
        </Empty>
      )}
      <ul class="schedule-list">
        {shown?.map((one) => {
          const key = `${one.function}.${one.namespace}`;
          return (
            <li key={key} class="card schedule">
              <div class="schedule-head">
                <h2>
                  <a href={hrefOf('function', key)}>
                    {one.function}
                    <span class="faint">.{one.namespace}</span>
                  </a>
                </h2>
                <span class="grow" />
                {mayWrite && (
                  <button type="button" disabled={running === key} onClick={() => void run(key)}>
                    <Icon name="play" />
                    {running === key ? t.schedules.running : t.schedules.run}
                  </button>
                )}
              </div>
              <dl class="schedule-times">
                <div>
                  <dt>{t.schedules.schedule}</dt>
                  <dd>
                    <code class="tag">{one.schedule}</code>
                  </dd>
                </div>
                <div>
                  <dt>{t.schedules.last}</dt>
                  <dd>
                    {one.lastRun === undefined ? t.schedules.never : dateTime(one.lastRun)}
                    {one.lastStatus !== undefined && (
                      <span class={one.lastStatus < 400 ? 'status good' : 'status bad'}>
                        {one.lastStatus}
                      </span>
                    )}
                  </dd>
                </div>
                <div>
                  <dt>{t.schedules.next}</dt>
                  <dd>
                    <ol class="times">
                      {one.next.map((time, at) => (
                        <li key={time}>
                          {dateTime(time)}
                          {at === 0 && <span class="faint"> {ago(time, locale)}</span>}
                        </li>
                      ))}
                    </ol>
                  </dd>
                </div>
              </dl>
            </li>
          );
        })}
      </ul>
    </>
  );
}
