import { language } from '../live/preferences.ts';
import { useStore } from '../live/store.ts';
import { english } from './en.ts';
import { chinese } from './zh.ts';

/** All texts of the page. Each language is a file; the compiler refuses one that lacks a text of English. */
export type Texts = typeof english;

const TEXTS: Readonly<Record<typeof language.value, Texts>> = { en: english, zh: chinese };

export function useTexts(): Texts {
  return TEXTS[useStore(language)];
}

/** @returns the language's tag (BCP 47), for the browser's formats of dates */
export function useLocale(): string {
  return useStore(language) === 'zh' ? 'zh-CN' : 'en';
}

export function applyLanguage(): void {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
}
language.listen(applyLanguage);
