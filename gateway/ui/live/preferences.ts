import { createStore, type Store } from './store.ts';

/** Saves a choice of the user in the browser. Where the browser saves nothing, the choice ends with the page. */
export function keep(name: string, text: string): void {
  try {
    localStorage.setItem(`of-gateway.${name}`, text);
  } catch {
    // full, or switched off
  }
}

export function kept(name: string): string {
  try {
    return localStorage.getItem(`of-gateway.${name}`) ?? '';
  } catch {
    return '';
  }
}

function preference<T extends string>(name: string, values: readonly T[], fallback: T): Store<T> {
  const store = createStore(values.find((value) => value === kept(name)) ?? fallback);
  store.listen(() => keep(name, store.value));
  return store;
}

export const THEMES = ['auto', 'light', 'dark'] as const;
export const theme = preference('theme', THEMES, 'auto');

function applyTheme(): void {
  if (theme.value === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
}
theme.listen(applyTheme);
applyTheme();

/** The namespace that the page shows; '' for all. */
export const namespace = createStore(kept('namespace'));
namespace.listen(() => keep('namespace', namespace.value));

export const LANGUAGES = ['en', 'zh'] as const;
export const language = preference('language', LANGUAGES, navigator.language.startsWith('zh') ? 'zh' : 'en');
