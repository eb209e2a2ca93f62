import { language } from '../live/preferences.ts';
import { useStore } from '../live/store.ts';
import { english } from './en.ts';
import { chinese } from './zh.ts';

/** All that the page says. Each language has a file, which lacks nothing that English has. */
export type Texts = typeof english;

const TEXTS: Readonly<Record<typeof language.value, Texts>> = { en: english, zh: chinese };

export function useTexts(): Texts {
  return TEXTS[useStore(language)];
}

/** For dates: what the browser calls the language. */
export function useLocale(): string {
  return useStore(language) === 'zh' ? 'zh-CN' : 'en';
}

export function applyLanguage(): void {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
}
language.listen(applyLanguage);
