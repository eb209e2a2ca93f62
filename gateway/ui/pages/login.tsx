import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiError, call, getJson, session, type Session } from '../api/client.ts';
import { Field, valueOf } from '../parts/field.tsx';
import { Mark } from '../parts/icons.tsx';
import { useLoaded } from '../parts/load.ts';
import { Trouble } from '../parts/trouble.tsx';
import { useTexts } from '../text/text.ts';

interface Logins {
  readonly password: boolean;
  /** The name of the identity provider, where there is one. */
  readonly oidc?: string;
}

export function LoginPage(): VNode {
  const t = useTexts();
  const [user, setUser] = useState('admin');
  const [password, setPassword] = useState('');
  const [error, setError] = useState('');
  const [isSending, setSending] = useState(false);
  const { value: logins } = useLoaded<Logins>((signal) => getJson('/system/login', { signal }), 'login');
  useEffect(() => {
    document.title = `${t.login.title} · of-gateway`;
  }, [t]);
  const begin = async (event: Event): Promise<void> => {
    event.preventDefault();
    setSending(true);
    try {
      const response = await call('POST', '/system/login', { body: { user, password } });
      session.set((await response.json()) as Session);
    } catch (thrown) {
      setError(
        thrown instanceof ApiError && thrown.status === 401
          ? t.login.wrong
          : String((thrown as Error).message),
      );
      setSending(false);
    }
  };
  return (
    <main class="login" id="main">
      <form class="card" aria-labelledby="login-title" onSubmit={(event) => void begin(event)}>
        <Mark />
        <h1 id="login-title">{t.login.title}</h1>
        <p class="faint">{location.host}</p>
        {error !== '' && <Trouble>{error}</Trouble>}
        <Field label={t.login.user}>
          <input
            name="username"
            autocomplete="username"
            value={user}
            onInput={(event) => setUser(valueOf(event))}
          />
        </Field>
        <Field label={t.login.password} hint={t.login.hint}>
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            value={password}
            onInput={(event) => setPassword(valueOf(event))}
          />
        </Field>
        <button type="submit" class="primary" disabled={isSending || user === '' || password === ''}>
          {isSending ? t.login.sending : t.login.send}
        </button>
        {logins?.oidc !== undefined && (
          <a class="button" href="/system/login/oidc">
            {t.login.with(logins.oidc)}
          </a>
        )}
      </form>
    </main>
  );
}
