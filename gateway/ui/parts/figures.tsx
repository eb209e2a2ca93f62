import type { VNode } from 'preact';

/** A figure's name, the figure as text, and `bad` where it is no good news. */
export type Figure = readonly [label: string, value: string, kind: '' | 'bad'];

/** Figures in a row. */
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
