import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useTexts } from '../text/text.ts';

export interface DialogProps {
  readonly title: string;
  readonly confirm: string;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

let lastId = 0;

/**
 * A question that blocks the page until it is answered. The browser's dialog keeps the focus inside; Escape closes it.
 */
export function Dialog(props: DialogProps): VNode {
  const t = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useRef(`dialog-${(lastId += 1)}`).current;
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.onConfirm();
        }}
      >
        <h2 id={id}>{props.title}</h2>
        {props.children}
        <div class="dialog-buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            {t.common.cancel}
          </button>
          <button
            type="submit"
            class={props.isDanger === true ? 'danger' : 'primary'}
            disabled={props.isDisabled === true}
          >
            {props.confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}
