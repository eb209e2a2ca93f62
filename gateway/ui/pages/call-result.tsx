import type { VNode } from 'preact';
import { CopyButton } from '../parts/copy-button.tsx';
import { bytes as size, milliseconds } from '../parts/format.ts';
import { useTexts } from '../text/text.ts';
import type { CallOutcome } from './send-call.ts';

/** How many characters of a body are shown. */
const MOST_SHOWN = 200_000;

/** Shows the answer of a function. Its body is shown as text, never as HTML. */
export function CallResult({ outcome }: { readonly outcome: CallOutcome }): VNode {
  const t = useTexts();
  const { status, reason, headers, bytes } = outcome;
  const type = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  const text = readable(bytes, type);
  const isGood = status >= 200 && status < 400;
  const fromGateway = headers.some(([name]) => name === 'x-openfaas-internal');
  return (
    <section class="card answer" aria-label={t.invoke.answer}>
      <header>
        <span class={isGood ? 'status good' : 'status bad'}>
          {status === 0 ? t.invoke.none : `${status} ${reason}`}
        </span>
        <span class="number">{milliseconds(outcome.milliseconds)}</span>
        <span class="number faint">{size(bytes.byteLength)}</span>
        {fromGateway && <span class="tag">{t.invoke.fromGateway}</span>}
        <span class="grow" />
        {text !== undefined && text !== '' && <CopyButton text={() => text} label={t.common.copy} />}
      </header>
      {status === 0 && <p class="bad">{reason}</p>}
      {text === undefined ? (
        <p>
          {t.invoke.binary}{' '}
          <button type="button" class="small" onClick={() => save(bytes, type)}>
            {t.invoke.save}
          </button>
        </p>
      ) : (
        text !== '' && (
          <pre class="answer-body" tabIndex={0} aria-label={t.invoke.body}>
            {text.slice(0, MOST_SHOWN)}
          </pre>
        )
      )}
      {text === '' && status !== 0 && <p class="faint">{t.invoke.noBody}</p>}
      <details>
        <summary>{t.invoke.answerHeaders(headers.length)}</summary>
        <ul class="pairs">
          {headers.map(([name, value], at) => (
            <li key={at}>
              <span class="pair-key">{name}</span>
              <span class="pair-value">{value}</span>
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

/** @returns undefined where the bytes are not UTF-8 text */
function readable(bytes: ArrayBuffer, type: string): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return /json/.test(type) ? setOut(text) : text;
  } catch {
    return undefined;
  }
}

function setOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

/** Saves a body as a file. Its type is octet-stream, so that the browser does not open it. */
function save(bytes: ArrayBuffer, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `answer.${/^\w+\/([\w]+)/.exec(type)?.[1] ?? 'bin'}`;
  link.click();
  URL.revokeObjectURL(url);
}
