import type { ComponentChildren, VNode } from 'preact';

/** A control of a form, with its label above and an error or a hint below. */
export function Field({
  label,
  hint,
  error,
  children,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <label class={error === undefined ? 'field' : 'field wrong'}>
      <span class="field-label">{label}</span>
      {children}
      {error !== undefined && (
        <span class="field-error" role="alert">
          {error}
        </span>
      )}
      {hint !== undefined && error === undefined && <span class="field-hint">{hint}</span>}
    </label>
  );
}

/** @returns the text that was typed or chosen in a control */
export function valueOf(event: Event): string {
  const { target } = event;
  return target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
    ? target.value
    : '';
}
