import type { VNode } from 'preact';
import type { FunctionState, InstanceView } from '../api/types.ts';
import { useTexts } from '../text/text.ts';

/** A dot and a word: a state is never told by its colour alone. */
export function StateMark({ state }: { readonly state: FunctionState | InstanceView['state'] }): VNode {
  const t = useTexts();
  return (
    <span class={`state state-${state}`}>
      <span class="dot" aria-hidden="true" />
      {t.states[state]}
    </span>
  );
}
