import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** How many rows above and below the visible ones are drawn too. */
const SPARE = 8;

/**
 * Draws only the visible ones of many rows that all have one height. They scroll with the page.
 * @param row draws the row of an index
 */
export function RowWindow({
  count,
  rowHeight,
  label,
  row,
}: {
  readonly count: number;
  readonly rowHeight: number;
  readonly label: string;
  readonly row: (at: number) => ComponentChildren;
}): VNode {
  const body = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState<readonly [number, number]>([0, 40]);
  useEffect(() => {
    const look = (): void => {
      const top = body.current?.getBoundingClientRect().top ?? 0;
      const first = Math.max(0, Math.floor(-top / rowHeight) - SPARE);
      const last = first + Math.ceil(innerHeight / rowHeight) + 2 * SPARE;
      setRange((known) => (known[0] === first && known[1] === last ? known : [first, last]));
    };
    look();
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => {
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
    };
  }, [rowHeight]);
  const first = Math.max(0, Math.min(range[0], count - 1));
  const last = Math.min(count, range[1]);
  return (
    <div ref={body} class="rows" role="rowgroup" aria-label={label}>
      <div class="spacer" style={{ height: `${first * rowHeight}px` }} />
      {Array.from({ length: Math.max(0, last - first) }, (_, at) => row(first + at))}
      <div class="spacer" style={{ height: `${Math.max(0, count - last) * rowHeight}px` }} />
    </div>
  );
}
