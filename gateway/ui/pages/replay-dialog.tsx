import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { call } from '../api/client.ts';
import type { AsyncCall } from '../api/types.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Field, valueOf } from '../parts/field.tsx';
import { bytes } from '../parts/format.ts';
import { useLoaded } from '../parts/load.ts';
import { tellDone, tellFailed } from '../parts/notices.tsx';
import { useTexts } from '../text/text.ts';
import { bodyFrom, loadCallBody } from './call-body.ts';

/** Queues a dead call again, with the body that it had or a corrected one. */
export function ReplayDialog({
  replayed,
  onClose,
}: {
  readonly replayed: AsyncCall;
  readonly onClose: () => void;
}): VNode {
  const t = useTexts();
  const { callId } = replayed;
  const { value: had, error } = useLoaded((signal) => loadCallBody(callId, signal), callId);
  const [typed, setTyped] = useState<string | undefined>();
  const isLoading = !had && !error;
  const before = had?.text ?? '';
  const send = async (): Promise<void> => {
    const isOld = typed === undefined || typed === before;
    try {
      await call('POST', `/system/async/${encodeURIComponent(callId)}/replay`, {
        body: isOld ? {} : { body: bodyFrom(typed, { hasCrlf: had?.hasCrlf ?? false }) },
      });
      tellDone(t.asyncCalls.replayed);
    } catch (thrown) {
      tellFailed(thrown);
    }
    onClose();
  };
  const hints = {
    text: t.asyncCalls.bodyText,
    binary: t.asyncCalls.bodyBinary(bytes(had?.length)),
    large: t.asyncCalls.bodyLarge(bytes(had?.length)),
  };
  return (
    <Dialog
      title={t.asyncCalls.replayTitle(replayed.function)}
      confirm={t.asyncCalls.replay}
      isDisabled={isLoading}
      onConfirm={() => void send()}
      onClose={onClose}
    >
      <p class="faint code">{callId}</p>
      <Field label={t.invoke.body} hint={had ? hints[had.kind] : ''} {...(error && { error: error.message })}>
        <textarea
          class="code"
          rows={8}
          value={typed ?? before}
          spellcheck={false}
          readOnly={isLoading}
          onInput={(event) => setTyped(valueOf(event))}
        />
      </Field>
    </Dialog>
  );
}
