import type { VNode } from 'preact';

/** SVG paths on a grid of 20 by 20, drawn as lines. */
const PATHS = {
  functions: 'M3 5.500h14M3 10h14M3 14.500h14',
  logs: 'M4 3.500h12v13H4zM7 7h6M7 10h6M7 13h3.500',
  invoke: 'M5.500 3.800 16 10 5.500 16.200z',
  async: 'M3.500 6.500h9M10 4l2.500 2.500L10 9M16.500 13.500h-9M10 11l-2.500 2.500L10 16',
  schedules: 'M10 3.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13M10 6.500V10l2.500 1.800',
  secrets:
    'M7 12.500a3.500 3.500 0 1 1 3.200-4.900L17 7.600v3h-2v2h-2.600v-2h-1.900A3.500 3.500 0 0 1 7 12.500z',
  deploy: 'M10 13V4M6.500 7.500 10 4l3.500 3.500M4 13v3h12v-3',
  search: 'M9 3.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11M13 13l3.500 3.500',
  close: 'M5 5l10 10M15 5 5 15',
  copy: 'M7.500 7.500h8v8h-8zM12.500 7.500v-3h-8v8h3',
  check: 'M4 10.500 8 14.500l8-9',
  pause: 'M7 4.500v11M13 4.500v11',
  play: 'M6.500 4.500 15 10l-8.500 5.500z',
  back: 'M12 4.500 6.500 10l5.500 5.500',
  edit: 'M4 16v-2.800L13 4.200 15.800 7 6.800 16z',
  remove: 'M4.500 6h11M8 6V4h4v2M6 6l.7 10h6.600L14 6',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  sun: 'M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7M10 2v1.500M10 16.500V18M2 10h1.500M16.500 10H18M4.300 4.300l1.100 1.100M14.600 14.600l1.100 1.100M4.300 15.700l1.100-1.100M14.600 5.400l1.100-1.100',
  moon: 'M16 11.600A6.500 6.500 0 0 1 8.400 4 6.500 6.500 0 1 0 16 11.600z',
  auto: 'M10 3.500a6.500 6.500 0 1 0 0 13zM10 3.500a6.500 6.500 0 0 1 0 13',
  leave: 'M8 4H4v12h4M8 10h8M13 7l3 3-3 3',
  replay: 'M4.500 10a5.500 5.500 0 1 0 1.800-4.100M4 4v3h3',
  file: 'M5 3.500h6l4 4v9H5zM11 3.500v4h4',
  eye: 'M2.500 10S5.500 5 10 5s7.500 5 7.500 5-3 5-7.500 5-7.500-5-7.500-5M10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4',
  follow: 'M10 4v9M6.500 9.500 10 13l3.500-3.500M4.500 16h11',
  warning: 'M10 3.500 17 16H3zM10 8v4M10 13.800v.2',
} as const;

export type IconName = keyof typeof PATHS;

/** An icon. It is hidden from screen readers, as a text or a label always names the same thing. */
export function Icon({ name }: { readonly name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The logo of the gateway. */
export function Mark(): VNode {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" class="mark-ground" />
      <path d="M9 11.500h14M9 16h9M9 20.500h14" class="mark-lines" />
      <circle cx="23" cy="16" r="1.900" class="mark-dot" />
    </svg>
  );
}
