import type { VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { FunctionView } from '../api/types.ts';
import { keyOf, live, rates } from '../live/live.ts';
import { namespace } from '../live/preferences.ts';
import { hrefOf } from '../live/router.ts';
import { useStore } from '../live/store.ts';
import { Empty } from '../parts/empty.tsx';
import { valueOf } from '../parts/field.tsx';
import { ago, count, dateTime, milliseconds, percent, rate } from '../parts/format.ts';
import { Figures } from '../parts/figures.tsx';
import { Icon } from '../parts/icons.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { RowWindow } from '../parts/row-window.tsx';
import { useMayWrite } from '../parts/shell.tsx';
import { Sparkline } from '../parts/sparkline.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { useLocale, useTexts } from '../text/text.ts';
import { FirstSteps } from './first-steps.tsx';

const ROW_HEIGHT = 56;

const ORDER = { failing: 0, degraded: 1, starting: 2, ready: 3, zero: 4 } as const;

type Column = 'state' | 'name' | 'replicas' | 'rate' | 'p95' | 'errors' | 'deployed';

/**
 * The value by which a column sorts, the least first. Counts and times are negative, so that the largest come first.
 */
const VALUES: Readonly<Record<Column, (view: FunctionView) => number | string>> = {
  state: (view) => ORDER[view.state],
  name: (view) => view.name,
  replicas: (view) => -view.replicas,
  rate: (view) => -view.rate,
  p95: (view) => -(view.p95 ?? -1),
  errors: (view) => -view.errors,
  deployed: (view) => -Date.parse(view.deployedAt ?? view.createdAt),
};
const COLUMNS: readonly Column[] = ['name', 'state', 'replicas', 'rate', 'p95', 'errors', 'deployed'];

export function FunctionsPage(): VNode {
  const t = useTexts();
  const { functions, queues, heardAt } = useStore(live);
  const chosen = useStore(namespace);
  const mayWrite = useMayWrite();
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState<{ readonly column: Column; readonly isDown: boolean }>({
    column: 'name',
    isDown: false,
  });
  const field = useRef<HTMLInputElement>(null);
  useSlashKey(field);

  const inNamespace = [...functions.values()].filter((view) => chosen === '' || view.namespace === chosen);
  const wanted = search.trim().toLowerCase();
  const found = inNamespace.filter(
    (view) => wanted === '' || keyOf(view).includes(wanted) || view.image.toLowerCase().includes(wanted),
  );
  const valueIn = VALUES[order.column];
  found.sort((a, b) => {
    const [x, y] = [valueIn(a), valueIn(b)];
    const first = x < y ? -1 : x > y ? 1 : keyOf(a) < keyOf(b) ? -1 : 1;
    return order.isDown ? -first : first;
  });

  if (heardAt > 0 && functions.size === 0) {
    return (
      <>
        <PageHead title={t.functions.title} />
        <FirstSteps />
      </>
    );
  }
  const hasNamespaces = chosen === '' && new Set(found.map((view) => view.namespace)).size > 1;
  const waiting = queues.reduce((sum, queue) => sum + queue.waiting, 0);
  return (
    <>
      <PageHead
        title={t.functions.title}
        aside={<span class="tally">{heardAt === 0 ? '' : count(inNamespace.length)}</span>}
      >
        <span class="search">
          <Icon name="search" />
          <input
            ref={field}
            type="search"
            placeholder={t.functions.search}
            aria-label={t.functions.search}
            value={search}
            onInput={(event) => setSearch(valueOf(event))}
          />
          <kbd aria-hidden="true">/</kbd>
        </span>
        {mayWrite && (
          <a class="button primary" href={hrefOf('deploy')}>
            <Icon name="plus" />
            {t.functions.deploy}
          </a>
        )}
      </PageHead>
      <Summary functions={inNamespace} waiting={waiting} />
      {heardAt > 0 && found.length === 0 ? (
        <Empty icon="search" title={t.functions.noneFound(search)}>
          <button type="button" onClick={() => setSearch('')}>
            {t.functions.showAll}
          </button>
        </Empty>
      ) : (
        <div
          class="table functions-table"
          role="table"
          aria-label={t.functions.title}
          aria-rowcount={found.length + 1}
        >
          <div class="table-head" role="rowgroup">
            <div class="row" role="row" aria-rowindex={1}>
              {COLUMNS.map((column) => {
                const isSorted = order.column === column;
                return (
                  <div
                    key={column}
                    role="columnheader"
                    class={`c-${column}`}
                    aria-sort={isSorted ? (order.isDown ? 'descending' : 'ascending') : 'none'}
                  >
                    <button
                      type="button"
                      class={isSorted ? (order.isDown ? 'sort down' : 'sort up') : 'sort'}
                      onClick={() => setOrder({ column, isDown: isSorted && !order.isDown })}
                    >
                      {t.functions.columns[column]}
                    </button>
                  </div>
                );
              })}
            </div>
          </div>
          <RowWindow
            count={found.length}
            rowHeight={ROW_HEIGHT}
            label={t.functions.title}
            row={(at) => {
              const view = found[at];
              return (
                view && <Row key={keyOf(view)} view={view} index={at + 2} showsNamespace={hasNamespaces} />
              );
            }}
          />
        </div>
      )}
    </>
  );
}

function Row({
  view,
  index,
  showsNamespace,
}: {
  readonly view: FunctionView;
  readonly index: number;
  readonly showsNamespace: boolean;
}): VNode {
  const t = useTexts();
  const locale = useLocale();
  const key = keyOf(view);
  const deployed = view.deployedAt ?? view.createdAt;
  return (
    <div class="row" role="row" aria-rowindex={index}>
      <div role="cell" class="c-name">
        <a class="row-link" href={hrefOf('function', key)}>
          {view.name}
          {showsNamespace && <span class="faint">.{view.namespace}</span>}
        </a>
        <span class="under" title={view.note ?? view.image}>
          {view.state === 'failing' || view.state === 'degraded' ? (view.note ?? view.image) : view.image}
        </span>
      </div>
      <div role="cell" class="c-state">
        <StateMark state={view.state} />
      </div>
      <div role="cell" class="c-replicas">
        <span class="number">
          {view.availableReplicas}
          <span class="faint">/{view.replicas}</span>
        </span>
      </div>
      <div role="cell" class="c-rate">
        <Sparkline values={rates.get(key) ?? []} />
        <span class="number">{rate(view.rate)}</span>
      </div>
      <div role="cell" class="c-p95 number">
        {milliseconds(view.p95)}
      </div>
      <div role="cell" class={view.errors > 0 ? 'c-errors number bad' : 'c-errors number'}>
        {view.rate === 0 ? '–' : percent(view.errors)}
      </div>
      <div role="cell" class="c-deployed" title={dateTime(deployed)}>
        <span class="visually-hidden">{t.functions.columns.deployed} </span>
        {ago(deployed, locale)}
      </div>
    </div>
  );
}

function Summary({
  functions,
  waiting,
}: {
  readonly functions: readonly FunctionView[];
  readonly waiting: number;
}): VNode {
  const t = useTexts();
  const sum = (value: (view: FunctionView) => number): number =>
    functions.reduce((total, view) => total + value(view), 0);
  const calls = sum((view) => view.rate);
  const failed = sum((view) => view.rate * view.errors);
  const troubled = functions.filter(({ state }) => state === 'failing' || state === 'degraded').length;
  return (
    <Figures
      figures={[
        [t.summary.rate, rate(calls), ''],
        [t.summary.errors, calls === 0 ? '–' : percent(failed / calls), failed > 0 ? 'bad' : ''],
        [t.summary.inFlight, count(sum((view) => view.inFlight)), ''],
        [t.summary.instances, count(sum((view) => view.availableReplicas)), ''],
        [t.summary.waiting, count(waiting), ''],
        [t.summary.trouble, count(troubled), troubled > 0 ? 'bad' : ''],
      ]}
    />
  );
}

/** Moves the focus to the search when `/` is pressed, as many pages do. */
function useSlashKey(field: { readonly current: HTMLInputElement | null }): void {
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { target } = event;
      const isTyping = target instanceof HTMLElement && /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
