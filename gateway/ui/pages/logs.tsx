import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { live } from '../live/live.ts';
import { go, place } from '../live/router.ts';
import { useStore } from '../live/store.ts';
import { Empty } from '../parts/empty.tsx';
import { valueOf } from '../parts/field.tsx';
import { count } from '../parts/format.ts';
import { FunctionPicker } from '../parts/function-picker.tsx';
import { Icon } from '../parts/icons.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { useTexts } from '../text/text.ts';
import { LogFeed } from './log-feed.ts';
import { LogLines } from './log-lines.tsx';
import { filterOf } from './log-filter.ts';

export function LogsPage(): VNode {
  const t = useTexts();
  const { subject } = useStore(place);
  return (
    <>
      <PageHead title={t.nav.logs}>
        <FunctionPicker value={subject} onPick={(key) => go('logs', key)} />
      </PageHead>
      {subject === '' ? (
        <Empty icon="logs" title={t.logs.pick}>
          <p>{t.logs.pickText}</p>
        </Empty>
      ) : (
        <FunctionLogs key={subject} name={subject} />
      )}
    </>
  );
}

function FunctionLogs({ name }: { readonly name: string }): VNode {
  const t = useTexts();
  const feed = useMemo(() => new LogFeed(name), [name]);
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);
  const { lines, isPaused, held, state, error, dropped } = useStore(feed.shown);
  const [search, setSearch] = useState('');
  const [instance, setInstance] = useState('');
  const [isFollowing, setFollowing] = useState(true);
  const seen = useRef(new Set<string>());
  for (const id of feed.takeInstances()) seen.current.add(id);
  for (const { id } of useStore(live).functions.get(name)?.instances ?? []) seen.current.add(id);
  const filter = filterOf(search);
  const wanted = useMemo(
    () =>
      search === '' && instance === ''
        ? lines
        : lines.filter((line) => (instance === '' || line.instance === instance) && filter.test(line.plain)),
    [lines, search, instance],
  );
  return (
    <div class="log-page">
      <div class="toolbar">
        <span class={filter.error === undefined ? 'search' : 'search wrong'}>
          <Icon name="search" />
          <input
            type="search"
            placeholder={t.logs.filter}
            aria-label={t.logs.filter}
            aria-invalid={filter.error !== undefined}
            value={search}
            onInput={(event) => setSearch(valueOf(event))}
          />
        </span>
        <select
          aria-label={t.instances.name}
          value={instance}
          onChange={(event) => setInstance(valueOf(event))}
        >
          <option value="">{t.logs.allInstances}</option>
          {[...seen.current].sort().map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
        <span class="log-tally" role="status">
          {wanted.length === lines.length
            ? t.logs.lines(count(lines.length))
            : t.logs.some(count(wanted.length), count(lines.length))}
          {dropped > 0 && <span class="faint"> · {t.logs.dropped(count(dropped))}</span>}
        </span>
        <span class="grow" />
        <button type="button" onClick={() => feed.clear()}>
          {t.logs.clear}
        </button>
        <button
          type="button"
          aria-pressed={isFollowing}
          onClick={() => setFollowing(!isFollowing)}
          title={t.logs.follow}
        >
          <Icon name="follow" />
          {t.logs.follow}
        </button>
        <button
          type="button"
          class={isPaused ? 'primary' : ''}
          aria-pressed={isPaused}
          onClick={() => (isPaused ? feed.resume() : feed.pause())}
        >
          <Icon name={isPaused ? 'play' : 'pause'} />
          {isPaused ? t.logs.resume(count(held)) : t.logs.pause}
        </button>
      </div>
      {error !== '' && (
        <Trouble>
          <Icon name="warning" />
          {error}
        </Trouble>
      )}
      {lines.length === 0 && error === '' ? (
        <Empty icon="logs" title={state === 'live' ? t.logs.none : t.logs.asking}>
          {state === 'live' && <p>{t.logs.noneText}</p>}
        </Empty>
      ) : (
        <LogLines lines={wanted} isFollowing={isFollowing} onFollowing={setFollowing} />
      )}
    </div>
  );
}
