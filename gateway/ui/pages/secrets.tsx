import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { call, getJson } from '../api/client.ts';
import { namespace } from '../live/preferences.ts';
import { useStore } from '../live/store.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Field, valueOf } from '../parts/field.tsx';
import { Icon } from '../parts/icons.tsx';
import { useLoaded } from '../parts/load.ts';
import { tellDone, tellFailed } from '../parts/notices.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { useMayWrite } from '../parts/shell.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { useTexts } from '../text/text.ts';

interface Secret {
  readonly name: string;
  readonly namespace: string;
}

type Question = { readonly kind: 'create' } | { readonly kind: 'update' | 'remove'; readonly secret: Secret };

const NAME = /^[a-zA-Z0-9](?:[-_.a-zA-Z0-9]{0,251}[a-zA-Z0-9])?$/;

/** @returns the secrets of the chosen namespace, or of all where none is chosen */
async function listSecrets(chosen: string, signal: AbortSignal): Promise<Secret[]> {
  const names = chosen === '' ? await getJson<string[]>('/system/namespaces', { signal }) : [chosen];
  const lists = await Promise.all(
    names.map((name) => getJson<Secret[]>(`/system/secrets?namespace=${name}`, { signal })),
  );
  return lists.flat();
}

export function SecretsPage(): VNode {
  const t = useTexts();
  const mayWrite = useMayWrite();
  const chosen = useStore(namespace);
  const [question, ask] = useState<Question | undefined>();
  const { value: secrets, error, reload } = useLoaded((signal) => listSecrets(chosen, signal), chosen);
  const close = (): void => {
    ask(undefined);
    reload();
  };
  return (
    <>
      <PageHead title={t.nav.secrets}>
        {mayWrite && (
          <button type="button" class="primary" onClick={() => ask({ kind: 'create' })}>
            <Icon name="plus" />
            {t.secrets.create}
          </button>
        )}
      </PageHead>
      {error && <Trouble>{error.message}</Trouble>}
      {secrets?.length === 0 && (
        <Empty icon="secrets" title={t.secrets.none}>
          <p>{t.secrets.noneText}</p>
        </Empty>
      )}
      {secrets !== undefined && secrets.length > 0 && (
        <div class="card table-card">
          <table>
            <thead>
              <tr>
                <th scope="col">{t.secrets.name}</th>
                <th scope="col">{t.common.namespace}</th>
                <th scope="col">{t.secrets.path}</th>
                <th scope="col">
                  <span class="visually-hidden">{t.common.actions}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {secrets.map((secret) => (
                <tr key={`${secret.namespace}/${secret.name}`}>
                  <td class="code">{secret.name}</td>
                  <td>{secret.namespace}</td>
                  <td class="code faint">/var/openfaas/secrets/{secret.name}</td>
                  <td class="row-actions">
                    {mayWrite && (
                      <>
                        <button type="button" class="small" onClick={() => ask({ kind: 'update', secret })}>
                          {t.secrets.update}
                        </button>
                        <button
                          type="button"
                          class="small danger-text"
                          onClick={() => ask({ kind: 'remove', secret })}
                        >
                          {t.secrets.remove}
                        </button>
                      </>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {question?.kind === 'remove' && <RemoveSecret secret={question.secret} onClose={close} />}
      {question !== undefined && question.kind !== 'remove' && (
        <WriteSecret
          known={question.kind === 'update' ? question.secret : undefined}
          inNamespace={chosen}
          onClose={close}
        />
      )}
    </>
  );
}

function WriteSecret({
  known,
  inNamespace,
  onClose,
}: {
  readonly known: Secret | undefined;
  readonly inNamespace: string;
  readonly onClose: () => void;
}): VNode {
  const t = useTexts();
  const [name, setName] = useState(known?.name ?? '');
  const [space, setSpace] = useState(known?.namespace ?? inNamespace);
  const [value, setValue] = useState('');
  const write = async (): Promise<void> => {
    const body = { name, value, ...(space !== '' && { namespace: space }) };
    try {
      await call(known ? 'PUT' : 'POST', '/system/secrets', { body });
      tellDone(t.secrets.written(name));
      onClose();
    } catch (thrown) {
      tellFailed(thrown);
    }
  };
  return (
    <Dialog
      title={known ? t.secrets.updateTitle(known.name) : t.secrets.createTitle}
      confirm={known ? t.secrets.update : t.secrets.create}
      isDisabled={!NAME.test(name) || value === ''}
      onConfirm={() => void write()}
      onClose={onClose}
    >
      {!known && (
        <>
          <Field label={t.secrets.name} hint={t.secrets.nameHint}>
            <input
              class="code"
              value={name}
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => setName(valueOf(event))}
            />
          </Field>
          <Field label={t.common.namespace} hint={t.deploy.namespaceHint}>
            <input class="code" value={space} onInput={(event) => setSpace(valueOf(event))} />
          </Field>
        </>
      )}
      <Field label={t.secrets.value} hint={t.secrets.valueHint}>
        <textarea
          class="code"
          rows={5}
          value={value}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => setValue(valueOf(event))}
        />
      </Field>
    </Dialog>
  );
}

function RemoveSecret({ secret, onClose }: { readonly secret: Secret; readonly onClose: () => void }): VNode {
  const t = useTexts();
  const remove = async (): Promise<void> => {
    try {
      await call('DELETE', '/system/secrets', { body: secret });
      tellDone(t.secrets.removed(secret.name));
    } catch (thrown) {
      tellFailed(thrown);
    }
    onClose();
  };
  return (
    <Dialog
      title={t.secrets.removeTitle(secret.name)}
      confirm={t.secrets.remove}
      isDanger
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <p>{t.secrets.removeText}</p>
    </Dialog>
  );
}
