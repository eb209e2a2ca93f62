import type { VNode } from 'preact';
import { keyOf, live } from '../live/live.ts';
import { useStore } from '../live/store.ts';
import { useTexts } from '../text/text.ts';
import { valueOf } from './field.tsx';

/** Chooses the function that a page is about. */
export function FunctionPicker({
  value,
  onPick,
}: {
  readonly value: string;
  readonly onPick: (key: string) => void;
}): VNode {
  const t = useTexts();
  const { functions } = useStore(live);
  const keys = [...functions.values()].map(keyOf).sort();
  return (
    <select
      class="picker"
      aria-label={t.common.function}
      value={value}
      onChange={(event) => onPick(valueOf(event))}
    >
      <option value="">{t.common.pickFunction}</option>
      {value !== '' && !functions.has(value) && <option value={value}>{value}</option>}
      {keys.map((key) => (
        <option key={key} value={key}>
          {key}
        </option>
      ))}
    </select>
  );
}
