import type { VNode } from 'preact';
import { ApiError } from '../api/client.ts';
import { createStore, useStore } from '../live/store.ts';
import { useTexts } from '../text/text.ts';
import { Icon } from './icons.tsx';

interface Notice {
  readonly id: number;
  readonly kind: 'done' | 'failed';
  readonly text: string;
}

const notices = createStore<readonly Notice[]>([]);
const MOST = 4;
const DONE_MS = 4000;
let lastId = 0;

function add(kind: Notice['kind'], text: string): void {
  lastId += 1;
  const notice = { id: lastId, kind, text };
  notices.set([...notices.value, notice].slice(-MOST));
  if (kind === 'done') setTimeout(() => remove(notice.id), DONE_MS);
}

function remove(id: number): void {
  notices.set(notices.value.filter((one) => one.id !== id));
}

/** Says that something was done. The notice disappears after a few seconds. */
export function tellDone(text: string): void {
  add('done', text);
}

/** Says why something failed. The notice stays until it is closed. */
export function tellFailed(thrown: unknown): void {
  if (thrown instanceof ApiError && thrown.status === 401) return; // the page shows the login instead
  add('failed', thrown instanceof Error ? thrown.message : String(thrown));
}

export function Notices(): VNode {
  const t = useTexts();
  const all = useStore(notices);
  return (
    <div class="notices" role="status" aria-live="polite">
      {all.map(({ id, kind, text }) => (
        <div key={id} class={`notice ${kind}`}>
          <Icon name={kind === 'done' ? 'check' : 'warning'} />
          <span>{text}</span>
          <button type="button" class="plain square" aria-label={t.common.close} onClick={() => remove(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
