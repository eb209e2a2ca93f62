import type { VNode } from 'preact';
import { hrefOf } from '../live/router.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Mark } from '../parts/icons.tsx';
import { useTexts } from '../text/text.ts';

/** Shows the ways to deploy a function, while the gateway has none. */
export function FirstSteps(): VNode {
  const t = useTexts();
  const ways = [
    { ...t.first.project, commands: 'ofkit new hello --lang ts-http\nofkit up --detach' },
    {
      ...t.first.image,
      commands: 'ofkit build --local --state-dir STATE_DIR\nfaas-cli deploy -f stack.yaml',
    },
  ];
  return (
    <section class="first" aria-labelledby="first-title">
      <Mark />
      <h2 id="first-title">{t.first.title}</h2>
      <p class="first-lead">{t.first.lead}</p>
      <div class="ways">
        {ways.map(({ title, text, commands }) => (
          <article key={title} class="card way">
            <h3>{title}</h3>
            <p>{text}</p>
            <pre tabIndex={0}>{commands}</pre>
            <CopyButton text={() => commands} label={t.common.copy} />
          </article>
        ))}
        <article class="card way">
          <h3>{t.first.here.title}</h3>
          <p>{t.first.here.text}</p>
          <a class="button primary" href={hrefOf('deploy')}>
            {t.functions.deploy}
          </a>
        </article>
      </div>
    </section>
  );
}
