import { createStore } from './store.ts';

const PAGES = ['functions', 'function', 'logs', 'invoke', 'async', 'schedules', 'secrets', 'deploy'] as const;
export type PageName = (typeof PAGES)[number];

/** The page that is shown, from the address: `#/PAGE/SUBJECT`. */
export interface PagePlace {
  readonly page: PageName;
  /** A function's `NAME.NAMESPACE`; '' for none. */
  readonly subject: string;
}

export const place = createStore<PagePlace>(readPlace(location.hash));

addEventListener('hashchange', () => {
  place.set(readPlace(location.hash));
  scrollTo(0, 0);
});

function readPlace(hash: string): PagePlace {
  const [, page = '', subject = ''] = /^#\/([^/]*)(?:\/([^/]*))?/.exec(hash) ?? [];
  const known = PAGES.find((name) => name === page);
  return { page: known ?? 'functions', subject: decoded(subject) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

export function hrefOf(page: PageName, subject = ''): string {
  return subject === '' ? `#/${page}` : `#/${page}/${encodeURIComponent(subject)}`;
}

export function go(page: PageName, subject = ''): void {
  location.hash = hrefOf(page, subject);
}
