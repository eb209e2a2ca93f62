import type { VNode } from 'preact';
import type { FunctionState, InstanceView } from '../api/types.ts';
import { useTexts } from '../text/text.ts';

/** Shows a state as a dot and a word, as some people cannot tell the colours apart. */
export function StateMark({ state }: { readonly state: FunctionState | InstanceView['state'] }): VNode {
  const t = useTexts();
  return (
    <span class={`state state-${state}`}>
      <span class="dot" aria-hidden="true" />
      {t.states[state]}
    </span>
  );
}
