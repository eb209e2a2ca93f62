import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { live } from '../live/live.ts';
import { go, place } from '../live/router.ts';
import { useStore } from '../live/store.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Empty } from '../parts/empty.tsx';
import { Field, valueOf } from '../parts/field.tsx';
import { ago } from '../parts/format.ts';
import { FunctionPicker } from '../parts/function-picker.tsx';
import { Icon } from '../parts/icons.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { useLocale, useTexts } from '../text/text.ts';
import { curlOf, faasCliOf } from './call-commands.ts';
import { keptCalls, keepCall, type KeptCall } from './kept-calls.ts';
import { NEW_CALL, type TestCall } from './test-call.ts';
import { CallResult } from './call-result.tsx';
import { sendCall, type CallOutcome } from './send-call.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

export function InvokePage(): VNode {
  const t = useTexts();
  const { subject } = useStore(place);
  return (
    <>
      <PageHead title={t.nav.invoke}>
        <FunctionPicker value={subject} onPick={(key) => go('invoke', key)} />
      </PageHead>
      {subject === '' ? (
        <Empty icon="invoke" title={t.invoke.pick}>
          <p>{t.invoke.pickText}</p>
        </Empty>
      ) : (
        <CallForm key={subject} name={subject} />
      )}
    </>
  );
}

function CallForm({ name }: { readonly name: string }): VNode {
  const t = useTexts();
  const [calls, setCalls] = useState(() => keptCalls(name));
  const [form, setForm] = useState<TestCall>(calls[0]?.call ?? NEW_CALL);
  const [file, setFile] = useState<File | undefined>();
  const [outcome, setOutcome] = useState<CallOutcome | undefined>();
  const [isSending, setSending] = useState(false);
  const change = (part: Partial<TestCall>): void => setForm({ ...form, ...part });
  const hasBody = form.method !== 'GET' && form.method !== 'HEAD';
  const fault = hasBody && file === undefined ? jsonFault(form) : undefined;
  const isAtZero = useStore(live).functions.get(name)?.state === 'zero';

  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    setSending(true);
    const seen = await sendCall(name, form, hasBody ? (file ?? form.body) : undefined);
    setOutcome(seen);
    setSending(false);
    setCalls(keepCall(name, form, seen));
  };
  return (
    <div class="invoke">
      <form class="card call-form" aria-label={t.nav.invoke} onSubmit={(event) => void send(event)}>
        <div class="segments" role="group" aria-label={t.invoke.manner}>
          <button type="button" aria-pressed={!form.isAsync} onClick={() => change({ isAsync: false })}>
            {t.invoke.sync}
          </button>
          <button
            type="button"
            aria-pressed={form.isAsync}
            onClick={() => change({ isAsync: true, method: 'POST' })}
          >
            {t.invoke.async}
          </button>
        </div>
        <div class="call-line">
          <select
            aria-label={t.invoke.method}
            value={form.method}
            disabled={form.isAsync}
            onChange={(event) => change({ method: valueOf(event) })}
          >
            {METHODS.map((method) => (
              <option key={method}>{method}</option>
            ))}
          </select>
          <input
            class="code grow"
            aria-label={t.invoke.path}
            placeholder="/path?query=1"
            value={form.path}
            spellcheck={false}
            onInput={(event) => change({ path: valueOf(event) })}
          />
          <button type="submit" class="primary" disabled={isSending || fault !== undefined}>
            {isSending ? t.invoke.sending : t.invoke.send}
          </button>
        </div>
        {isAtZero && <p class="faint">{t.invoke.atZero}</p>}
        <Field label={t.invoke.headers} hint={t.invoke.headersHint}>
          <textarea
            class="code"
            rows={2}
            value={form.headers}
            spellcheck={false}
            onInput={(event) => change({ headers: valueOf(event) })}
          />
        </Field>
        {form.isAsync && (
          <Field label={t.invoke.callback} hint={t.invoke.callbackHint}>
            <input
              type="url"
              value={form.callback}
              placeholder="http://127.0.0.1:3000/answers"
              onInput={(event) => change({ callback: valueOf(event) })}
            />
          </Field>
        )}
        {hasBody && (
          <>
            <Field label={t.invoke.body} {...(fault !== undefined && { error: t.invoke.notJson(fault) })}>
              <textarea
                class="code body"
                rows={9}
                value={form.body}
                disabled={file !== undefined}
                spellcheck={false}
                onInput={(event) => change({ body: valueOf(event) })}
              />
            </Field>
            <div class="toolbar">
              <button
                type="button"
                class="small"
                aria-pressed={form.isJson}
                onClick={() => change({ isJson: !form.isJson })}
              >
                JSON
              </button>
              {form.isJson && (
                <button type="button" class="small" onClick={() => change({ body: setOut(form.body) })}>
                  {t.invoke.format}
                </button>
              )}
              <label class="button small">
                <Icon name="file" />
                {file?.name ?? t.invoke.file}
                <input
                  type="file"
                  class="visually-hidden"
                  onChange={(event) => setFile((event.target as HTMLInputElement).files?.[0])}
                />
              </label>
              {file && (
                <button type="button" class="small" onClick={() => setFile(undefined)}>
                  {t.invoke.noFile}
                </button>
              )}
            </div>
          </>
        )}
        <div class="toolbar">
          <CopyButton text={() => curlOf(location.origin, name, form)} label={t.invoke.asCurl} />
          <CopyButton text={() => faasCliOf(location.origin, name, form)} label={t.invoke.asFaasCli} />
        </div>
      </form>
      <div class="call-answer" aria-live="polite" aria-busy={isSending}>
        {outcome ? (
          <CallResult outcome={outcome} />
        ) : (
          <section class="card waiting">
            <Icon name="invoke" />
            <p>{t.invoke.noAnswer}</p>
          </section>
        )}
        <Past calls={calls} onPick={({ call }) => setForm(call)} />
      </div>
    </div>
  );
}

/** Lists the last calls of the function that this browser made. */
function Past({
  calls,
  onPick,
}: {
  readonly calls: readonly KeptCall[];
  readonly onPick: (call: KeptCall) => void;
}): VNode | null {
  const t = useTexts();
  const locale = useLocale();
  if (calls.length === 0) return null;
  return (
    <section class="card past" aria-labelledby="past-title">
      <h2 id="past-title">{t.invoke.past}</h2>
      <ul>
        {calls.map((kept) => (
          <li key={kept.at}>
            <button type="button" class="plain" onClick={() => onPick(kept)}>
              <span class={kept.status >= 200 && kept.status < 400 ? 'status good' : 'status bad'}>
                {kept.status === 0 ? '–' : kept.status}
              </span>
              <span class="code">
                {kept.call.method} {kept.call.path || '/'}
              </span>
              <span class="past-body code">{kept.call.body.replaceAll(/\s+/g, ' ').slice(0, 80)}</span>
              <span class="faint">{ago(kept.at, locale)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function jsonFault({ isJson, body }: TestCall): string | undefined {
  if (!isJson || body.trim() === '') return undefined;
  try {
    JSON.parse(body);
    return undefined;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

function setOut(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
}
