import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { call, getJson } from '../api/client.ts';
import type { Deployed } from '../api/types.ts';
import { keyOf } from '../live/live.ts';
import { namespace } from '../live/preferences.ts';
import { go, place } from '../live/router.ts';
import { useStore } from '../live/store.ts';
import { Field, valueOf } from '../parts/field.tsx';
import { useLoaded } from '../parts/load.ts';
import { tellDone, tellFailed } from '../parts/notices.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { useTexts } from '../text/text.ts';
import { bodyOf, formOf, NEW_FORM, pairFault, type DeployForm } from './deploy-form.ts';
import { StoreIndex } from './store-index.tsx';

/** Deploys a new function, or changes the one that the address names. */
export function DeployPage(): VNode {
  const t = useTexts();
  const { subject } = useStore(place);
  const [source, setSource] = useState<'image' | 'store'>('image');
  const [template, setTemplate] = useState<DeployForm>(NEW_FORM);
  if (subject !== '') return <Edit key={subject} name={subject} />;
  return (
    <>
      <PageHead title={t.deploy.title} />
      <div class="segments" role="group" aria-label={t.deploy.source}>
        <button type="button" aria-pressed={source === 'image'} onClick={() => setSource('image')}>
          {t.deploy.fromImage}
        </button>
        <button type="button" aria-pressed={source === 'store'} onClick={() => setSource('store')}>
          {t.deploy.fromStore}
        </button>
      </div>
      {source === 'store' ? (
        <StoreIndex
          onPick={(picked) => {
            setTemplate(picked);
            setSource('image');
          }}
        />
      ) : (
        <Form key={template.service} first={template} isNew />
      )}
    </>
  );
}

function Edit({ name }: { readonly name: string }): VNode {
  const t = useTexts();
  const { value: deployed, error } = useLoaded<Deployed>(
    (signal) => getJson(`/system/function/${encodeURIComponent(name)}`, { signal }),
    name,
  );
  return (
    <>
      <PageHead title={t.deploy.editTitle(name)} />
      {error && <Trouble>{error.message}</Trouble>}
      {deployed && <Form first={formOf(deployed)} known={deployed} isNew={false} />}
    </>
  );
}

/** Reads the function of the form. An empty namespace is sent too: only the gateway knows its default one. */
function findDeployed({ service, namespace }: DeployForm): Promise<Deployed> {
  return getJson(`/system/function/${encodeURIComponent(service)}?${new URLSearchParams({ namespace })}`);
}

function Form({
  first,
  known,
  isNew,
}: {
  readonly first: DeployForm;
  readonly known?: Deployed;
  readonly isNew: boolean;
}): VNode {
  const t = useTexts();
  const chosen = useStore(namespace);
  const [form, setForm] = useState<DeployForm>({ ...first, namespace: first.namespace || chosen });
  const [isSending, setSending] = useState(false);
  const change = (part: Partial<DeployForm>): void => setForm({ ...form, ...part });
  const text = (name: 'service' | 'namespace' | 'image' | 'envProcess' | 'memory' | 'cpu' | 'secrets') => ({
    value: form[name],
    spellcheck: false,
    autocomplete: 'off',
    class: 'code',
    onInput: (event: Event) => change({ [name]: valueOf(event) }),
  });
  const pairs = (name: 'envVars' | 'labels' | 'annotations', rows: number): VNode => {
    const fault = pairFault(form[name]);
    return (
      <Field
        label={t.details[name === 'envVars' ? 'environment' : name]}
        hint={t.deploy.pairsHint}
        {...(fault !== undefined && { error: t.deploy.noPair(fault) })}
      >
        <textarea
          class="code"
          rows={rows}
          value={form[name]}
          spellcheck={false}
          onInput={(event) => change({ [name]: valueOf(event) })}
        />
      </Field>
    );
  };
  const isWhole =
    form.service !== '' &&
    form.image !== '' &&
    [form.envVars, form.labels, form.annotations].every((one) => pairFault(one) === undefined);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    setSending(true);
    try {
      await call(isNew ? 'POST' : 'PUT', '/system/functions', { body: bodyOf(form, known) });
      tellDone(isNew ? t.deploy.deployed(form.service) : t.deploy.changed(form.service));
      // that page shows the result: its state, and notes on settings without an effect
      const deployed = await findDeployed(form).catch(() => undefined);
      if (deployed) go('function', keyOf(deployed));
      else go('functions');
    } catch (thrown) {
      tellFailed(thrown);
      setSending(false);
    }
  };
  return (
    <form class="card deploy-form" aria-label={t.deploy.title} onSubmit={(event) => void send(event)}>
      <div class="fields">
        <Field label={t.deploy.image} hint={t.deploy.imageHint}>
          <input {...text('image')} required />
        </Field>
        <Field label={t.deploy.name} hint={t.deploy.nameHint}>
          <input {...text('service')} required disabled={!isNew} />
        </Field>
        <Field label={t.common.namespace} hint={t.deploy.namespaceHint}>
          <input {...text('namespace')} disabled={!isNew} />
        </Field>
        <Field label={t.details.command} hint={t.deploy.commandHint}>
          <input {...text('envProcess')} />
        </Field>
      </div>
      <div class="fields wide">
        {pairs('envVars', 4)}
        {pairs('labels', 4)}
        {pairs('annotations', 4)}
      </div>
      <div class="fields">
        <Field label={t.details.secrets} hint={t.deploy.secretsHint}>
          <input {...text('secrets')} />
        </Field>
        <Field label={t.deploy.memory} hint="64Mi">
          <input {...text('memory')} />
        </Field>
        <Field label={t.deploy.cpu} hint="500m">
          <input {...text('cpu')} />
        </Field>
        <label class="check">
          <input
            type="checkbox"
            checked={form.readOnly}
            onChange={(event) => change({ readOnly: (event.target as HTMLInputElement).checked })}
          />
          {t.deploy.readOnly}
        </label>
      </div>
      <div class="form-buttons">
        <button type="submit" class="primary" disabled={!isWhole || isSending}>
          {isNew ? t.functions.deploy : t.deploy.change}
        </button>
        <button type="button" onClick={() => history.back()}>
          {t.common.cancel}
        </button>
      </div>
    </form>
  );
}
