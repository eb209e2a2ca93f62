import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { place } from '../live/router.ts';
import { useStore } from '../live/store.ts';

/** The page that was shown before; '' for none, as the heading gets no focus when the first page opens. */
let shown = '';

/** The heading of a page, with the page's buttons beside it. It gets the focus when the user goes to the page. */
export function PageHead({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly children?: ComponentChildren;
}): VNode {
  const heading = useRef<HTMLHeadingElement>(null);
  const { page } = useStore(place);
  useEffect(() => {
    document.title = `${title} · of-gateway`;
    if (shown !== '' && shown !== page) heading.current?.focus({ preventScroll: true });
    shown = page;
  }, [page, title]);
  return (
    <header class="page-head">
      <div class="page-title">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {aside}
      </div>
      <div class="page-actions">{children}</div>
    </header>
  );
}
