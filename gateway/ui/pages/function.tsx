import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { call, getJson } from '../api/client.ts';
import type { Deployed, FunctionView } from '../api/types.ts';
import { live } from '../live/live.ts';
import { go, hrefOf, place } from '../live/router.ts';
import { useStore } from '../live/store.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Field, valueOf } from '../parts/field.tsx';
import { count, milliseconds, percent, rate } from '../parts/format.ts';
import { Figures } from '../parts/figures.tsx';
import { Icon } from '../parts/icons.tsx';
import { useLoaded } from '../parts/load.ts';
import { tellDone, tellFailed } from '../parts/notices.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { useMayWrite } from '../parts/shell.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { useTexts } from '../text/text.ts';
import { FunctionDetails } from './function-details.tsx';
import { FunctionGraphs } from './function-graphs.tsx';
import { FunctionInstances } from './function-instances.tsx';

/**
 * How often the function is read again, in milliseconds. A remote provider tells no time of deployment, so a deployment
 * by another client may cause no event.
 */
const REFRESH_MS = 10_000;

export function FunctionPage(): VNode {
  const t = useTexts();
  const { subject } = useStore(place);
  const { functions, heardAt } = useStore(live);
  const view = functions.get(subject);
  // asks again after a deployment, and when the state or the reason of a failure changes
  const version = `${view?.deployedAt ?? ''} ${view?.image ?? ''} ${view?.state ?? ''} ${view?.note ?? ''}`;
  const { value: deployed, error } = useLoaded<Deployed>(
    (signal) => getJson(`/system/function/${encodeURIComponent(subject)}`, { signal }),
    subject,
    REFRESH_MS,
    version,
  );
  if ((heardAt > 0 && !view && error) || subject === '') {
    return (
      <>
        <PageHead title={subject} />
        <Empty icon="functions" title={t.fn.gone(subject)}>
          <a class="button" href={hrefOf('functions')}>
            {t.fn.toAll}
          </a>
        </Empty>
      </>
    );
  }
  return (
    <>
      <a class="crumb" href={hrefOf('functions')}>
        <Icon name="back" />
        {t.functions.title}
      </a>
      <PageHead title={view?.name ?? subject} aside={view && <Aside view={view} />}>
        <a class="button" href={hrefOf('invoke', subject)}>
          <Icon name="invoke" />
          {t.nav.invoke}
        </a>
        <a class="button" href={hrefOf('logs', subject)}>
          <Icon name="logs" />
          {t.nav.logs}
        </a>
        {view && <Changes view={view} />}
      </PageHead>
      {view && <Now view={view} />}
      <Notes notes={deployed?.notes ?? []} />
      <FunctionGraphs name={subject} />
      <div class="columns">
        <FunctionInstances view={view} />
        {deployed && <FunctionDetails deployed={deployed} />}
      </div>
    </>
  );
}

function Aside({ view }: { readonly view: FunctionView }): VNode {
  return (
    <>
      <span class="faint title-namespace">.{view.namespace}</span>
      <StateMark state={view.state} />
    </>
  );
}

function Now({ view }: { readonly view: FunctionView }): VNode {
  const t = useTexts();
  return (
    <Figures
      figures={[
        [t.summary.rate, rate(view.rate), ''],
        [t.summary.errors, view.rate === 0 ? '–' : percent(view.errors), view.errors > 0 ? 'bad' : ''],
        ['p50', milliseconds(view.p50), ''],
        ['p95', milliseconds(view.p95), ''],
        [t.summary.inFlight, count(view.inFlight), ''],
        [t.summary.calls, count(view.calls), ''],
      ]}
    />
  );
}

/** Says why instances are missing, and shows their last lines. */
function Notes({ notes }: { readonly notes: readonly string[] }): VNode | null {
  const t = useTexts();
  if (notes.length === 0) return null;
  const said = notes.filter((note) => !note.startsWith('> '));
  const lines = notes.filter((note) => note.startsWith('> ')).map((note) => note.slice(2));
  return (
    <section class="card notes" aria-label={t.fn.notes}>
      <Icon name="warning" />
      <div>
        {said.map((note) => (
          <p key={note}>{note}</p>
        ))}
        {lines.length > 0 && (
          <pre tabIndex={0} aria-label={t.fn.lastLines}>
            {lines.join('\n')}
          </pre>
        )}
      </div>
    </section>
  );
}

function Changes({ view }: { readonly view: FunctionView }): VNode | null {
  const t = useTexts();
  const mayWrite = useMayWrite();
  const [question, ask] = useState<'scale' | 'remove' | undefined>();
  if (!mayWrite) return null;
  const key = `${view.name}.${view.namespace}`;
  return (
    <>
      <button type="button" onClick={() => ask('scale')}>
        {t.fn.scale}
      </button>
      <a class="button" href={hrefOf('deploy', key)}>
        <Icon name="edit" />
        {t.fn.edit}
      </a>
      <button type="button" class="danger-text" onClick={() => ask('remove')}>
        <Icon name="remove" />
        {t.fn.remove}
      </button>
      {question === 'scale' && <ScaleDialog view={view} onClose={() => ask(undefined)} />}
      {question === 'remove' && <RemoveDialog view={view} onClose={() => ask(undefined)} />}
    </>
  );
}

interface QuestionProps {
  readonly view: FunctionView;
  readonly onClose: () => void;
}

function ScaleDialog({ view, onClose }: QuestionProps): VNode {
  const t = useTexts();
  const [replicas, setReplicas] = useState(String(view.replicas));
  const scale = async (): Promise<void> => {
    const { name, namespace } = view;
    try {
      await call('POST', `/system/scale-function/${encodeURIComponent(name)}?namespace=${namespace}`, {
        body: { replicas: Number(replicas), namespace },
      });
      tellDone(t.fn.scaled(name, replicas));
    } catch (thrown) {
      tellFailed(thrown);
    }
    onClose();
  };
  const isNumber = /^\d{1,4}$/.test(replicas);
  return (
    <Dialog
      title={t.fn.scaleTitle(view.name)}
      confirm={t.fn.scale}
      isDisabled={!isNumber}
      onConfirm={() => void scale()}
      onClose={onClose}
    >
      <Field label={t.fn.replicas} hint={t.fn.scaleHint}>
        <input
          type="number"
          min="0"
          max="1000"
          value={replicas}
          onInput={(event) => setReplicas(valueOf(event))}
        />
      </Field>
    </Dialog>
  );
}

/** Asks before a function is deleted. The user has to type its name. */
function RemoveDialog({ view, onClose }: QuestionProps): VNode {
  const t = useTexts();
  const [typed, setTyped] = useState('');
  const remove = async (): Promise<void> => {
    const { name, namespace } = view;
    try {
      await call('DELETE', '/system/functions', { body: { functionName: name, namespace } });
      tellDone(t.fn.removed(name));
      go('functions');
    } catch (thrown) {
      tellFailed(thrown);
      onClose();
    }
  };
  return (
    <Dialog
      title={t.fn.removeTitle(view.name)}
      confirm={t.fn.remove}
      isDanger
      isDisabled={typed !== view.name}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <p>{t.fn.removeText}</p>
      <Field label={t.fn.removeField(view.name)}>
        <input
          value={typed}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => setTyped(valueOf(event))}
        />
      </Field>
    </Dialog>
  );
}
