import type { ComponentChildren, VNode } from 'preact';

/** Says what went wrong. Screen readers read it out at once. */
export function Trouble({ children }: { readonly children: ComponentChildren }): VNode {
  return (
    <p class="trouble" role="alert">
      {children}
    </p>
  );
}
