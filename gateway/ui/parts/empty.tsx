import type { ComponentChildren, VNode } from 'preact';
import { Icon, type IconName } from './icons.tsx';

/** Fills a page that has nothing to show yet: says what the page is for, and what to do. */
export function Empty({
  icon,
  title,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ComponentChildren;
}): VNode {
  return (
    <div class="empty">
      <div class="empty-icon">
        <Icon name={icon} />
      </div>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
