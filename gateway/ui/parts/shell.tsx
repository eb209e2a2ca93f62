import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { call, session } from '../api/client.ts';
import { live } from '../live/live.ts';
import { language, LANGUAGES, namespace, theme, THEMES } from '../live/preferences.ts';
import { hrefOf, place, type PageName } from '../live/router.ts';
import { useStore } from '../live/store.ts';
import { Trouble } from './trouble.tsx';
import { useTexts } from '../text/text.ts';
import { valueOf } from './field.tsx';
import { Icon, Mark, type IconName } from './icons.tsx';
import { tellFailed } from './notices.tsx';

const NAVIGATION: readonly (readonly [PageName, IconName])[] = [
  ['functions', 'functions'],
  ['logs', 'logs'],
  ['invoke', 'invoke'],
  ['async', 'async'],
  ['schedules', 'schedules'],
  ['secrets', 'secrets'],
  ['deploy', 'deploy'],
];

const THEME_ICONS = { auto: 'auto', light: 'sun', dark: 'moon' } as const;

/** The frame around every page: the navigation, the state of the connection, and the choices of theme and language. */
export function Shell({ children }: { readonly children: ComponentChildren }): VNode {
  const t = useTexts();
  const { page } = useStore(place);
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={skip}>
        {t.nav.skip}
      </a>
      <aside class="side">
        <a class="brand" href={hrefOf('functions')} aria-label={t.nav.home}>
          <Mark />
          <span>of-gateway</span>
        </a>
        <NamespacePicker />
        <nav aria-label={t.nav.label}>
          <ul>
            {NAVIGATION.map(([name, icon]) => {
              const isHere = page === name || (page === 'function' && name === 'functions');
              return (
                <li key={name}>
                  <a href={hrefOf(name)} {...(isHere && { 'aria-current': 'page' as const })}>
                    <Icon name={icon} />
                    <span>{t.nav[name as keyof typeof t.nav]}</span>
                  </a>
                </li>
              );
            })}
          </ul>
        </nav>
        <div class="side-foot">
          <ConnectionMark />
          <Choices />
        </div>
      </aside>
      <main id="main" tabIndex={-1}>
        <Staleness />
        {children}
      </main>
    </div>
  );
}

function skip(event: Event): void {
  event.preventDefault(); // the fragment of the address names the page that is shown
  document.querySelector<HTMLElement>('#main')?.focus();
}

function NamespacePicker(): VNode | null {
  const t = useTexts();
  const { functions } = useStore(live);
  const chosen = useStore(namespace);
  const names = new Set([...functions.values()].map((view) => view.namespace));
  if (chosen !== '') names.add(chosen);
  if (names.size < 2) return null;
  return (
    <select
      class="namespace"
      aria-label={t.common.namespace}
      value={chosen}
      onChange={(event) => namespace.set(valueOf(event))}
    >
      <option value="">{t.common.allNamespaces}</option>
      {[...names].sort().map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** Says whether the page is connected to the gateway. */
function ConnectionMark(): VNode {
  const t = useTexts();
  const { connection } = useStore(live);
  return (
    <div class={`connection ${connection}`} role="status">
      <span class="dot" aria-hidden="true" />
      {t.connection[connection]}
    </div>
  );
}

function Choices(): VNode {
  const t = useTexts();
  const shownTheme = useStore(theme);
  const shownLanguage = useStore(language);
  const who = useStore(session);
  const next = THEMES[(THEMES.indexOf(shownTheme) + 1) % THEMES.length] ?? 'auto';
  const leave = async (): Promise<void> => {
    try {
      await call('POST', '/system/logout');
      session.set('out');
    } catch (thrown) {
      tellFailed(thrown);
    }
  };
  return (
    <div class="choices">
      <button
        type="button"
        class="plain square"
        aria-label={t.nav.theme(t.themes[shownTheme])}
        title={t.nav.theme(t.themes[shownTheme])}
        onClick={() => theme.set(next)}
      >
        <Icon name={THEME_ICONS[shownTheme]} />
      </button>
      <select
        class="plain"
        aria-label={t.nav.language}
        value={shownLanguage}
        onChange={(event) => language.set(LANGUAGES.find((one) => one === valueOf(event)) ?? 'en')}
      >
        <option value="en">English</option>
        <option value="zh">中文</option>
      </select>
      {typeof who === 'object' && who.csrfToken !== undefined && (
        <button
          type="button"
          class="plain square"
          aria-label={t.nav.logOut(who.user)}
          title={t.nav.logOut(who.user)}
          onClick={() => void leave()}
        >
          <Icon name="leave" />
        </button>
      )}
    </div>
  );
}

/** Warns that the page shows an old state, and says how many seconds old it is. */
function Staleness(): VNode | null {
  const t = useTexts();
  const { connection, heardAt, problem } = useStore(live);
  const isStale = connection === 'stale';
  const [, redraw] = useState({});
  useEffect(() => {
    if (!isStale) return undefined;
    const timer = setInterval(() => redraw({}), 1000);
    return () => clearInterval(timer);
  }, [isStale]);
  if (isStale) {
    const seconds = Math.max(0, Math.round((Date.now() - heardAt) / 1000));
    return (
      <Trouble>
        <Icon name="warning" />
        {t.connection.staleFor(seconds)}
      </Trouble>
    );
  }
  if (problem === '') return null;
  return (
    <Trouble>
      <Icon name="warning" />
      {t.connection.problem(problem)}
    </Trouble>
  );
}

/** @returns whether the user may change anything. Those who may only read get no buttons that change something. */
export function useMayWrite(): boolean {
  const who = useStore(session);
  return typeof who === 'object' && who.access === 'write';
}
