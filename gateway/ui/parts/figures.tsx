import type { VNode } from 'preact';

/** The name of a figure, its value as text, and `bad` where the value means trouble. */
export type Figure = readonly [label: string, value: string, kind: '' | 'bad'];

/** A row of figures. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }): VNode {
  return (
    <dl class="summary">
      {figures.map(([label, value, kind]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd class={kind}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
