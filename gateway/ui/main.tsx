import { render, type VNode } from 'preact';
import { askSession, session } from './api/client.ts';
import { followEvents } from './live/live.ts';
import { place, type PageName } from './live/router.ts';
import { useStore } from './live/store.ts';
import { AsyncPage } from './pages/async.tsx';
import { DeployPage } from './pages/deploy.tsx';
import { FunctionPage } from './pages/function.tsx';
import { FunctionsPage } from './pages/functions.tsx';
import { InvokePage } from './pages/invoke.tsx';
import { LoginPage } from './pages/login.tsx';
import { LogsPage } from './pages/logs.tsx';
import { SchedulesPage } from './pages/schedules.tsx';
import { SecretsPage } from './pages/secrets.tsx';
import { Notices } from './parts/notices.tsx';
import { Shell } from './parts/shell.tsx';
import { applyLanguage } from './text/text.ts';

const PAGES: Readonly<Record<PageName, () => VNode>> = {
  functions: FunctionsPage,
  function: FunctionPage,
  logs: LogsPage,
  invoke: InvokePage,
  async: AsyncPage,
  schedules: SchedulesPage,
  secrets: SecretsPage,
  deploy: DeployPage,
};

function App(): VNode {
  const { page } = useStore(place);
  const who = useStore(session);
  const Page = PAGES[page];
  return (
    <>
      {who === 'out' ? (
        <LoginPage />
      ) : (
        <Shell>
          <Page />
        </Shell>
      )}
      <Notices />
    </>
  );
}

const root = document.querySelector('#app');
if (root) {
  applyLanguage();
  // the gateway marks the page when the user has to log in, so that the form is the first thing to be seen
  if (root.hasAttribute('data-login')) session.set('out');
  root.replaceChildren();
  render(<App />, root);
  if (session.value === 'out') followEvents();
  else {
    askSession()
      .catch(() => undefined) // `followEvents` shows that the gateway does not answer, and asks again
      .finally(followEvents);
  }
}
