import type { ComponentChildren, VNode } from 'preact';

/** What went wrong: screen readers say it at once. */
export function Trouble({ children }: { readonly children: ComponentChildren }): VNode {
  return (
    <p class="trouble" role="alert">
      {children}
    </p>
  );
}
