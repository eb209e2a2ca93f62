import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { getJson } from '../api/client.ts';
import type { Deployed, Timeouts } from '../api/types.ts';
import { dateTime, limit } from '../parts/format.ts';
import { useLoaded } from '../parts/load.ts';
import { useTexts } from '../text/text.ts';

/** Variables with such a name probably hold a secret: their values are hidden until the user asks for them. */
const SECRET = /pass|secret|token|key|credential|auth|private|dsn|connection/i;

/** Shows the deployment of a function. */
export function FunctionDetails({ deployed }: { readonly deployed: Deployed }): VNode {
  const t = useTexts();
  const {
    image,
    createdAt,
    deployedAt,
    envProcess,
    secrets = [],
    limits,
    requests,
    nextRuns = [],
  } = deployed;
  return (
    <section class="card" aria-labelledby="details-title">
      <h2 id="details-title">{t.details.title}</h2>
      <dl class="details">
        <Entry name={t.details.image}>
          <span class="code">{image}</span>
        </Entry>
        {deployedAt !== undefined && <Entry name={t.details.deployed}>{dateTime(deployedAt)}</Entry>}
        <Entry name={t.details.created}>{dateTime(createdAt)}</Entry>
        {envProcess !== undefined && (
          <Entry name={t.details.command}>
            <span class="code">{envProcess}</span>
          </Entry>
        )}
        <Environment variables={deployed.envVars ?? {}} />
        {secrets.length > 0 && <Entry name={t.details.secrets}>{secrets.join(', ')}</Entry>}
        <Pairs name={t.details.labels} texts={deployed.labels} />
        <Pairs name={t.details.annotations} texts={deployed.annotations} />
        <Pairs name={t.details.limits} texts={limits ?? {}} />
        <Pairs name={t.details.requests} texts={requests ?? {}} />
        {nextRuns[0] !== undefined && <Entry name={t.details.nextRun}>{dateTime(nextRuns[0])}</Entry>}
        <Probes annotations={deployed.annotations} />
        <TimeoutChain variables={deployed.envVars ?? {}} />
      </dl>
    </section>
  );
}

function Entry({ name, children }: { readonly name: string; readonly children: ComponentChildren }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Pairs({
  name,
  texts,
}: {
  readonly name: string;
  readonly texts: Readonly<Record<string, string>>;
}): VNode | null {
  const entries = Object.entries(texts);
  if (entries.length === 0) return null;
  return (
    <Entry name={name}>
      <ul class="pairs">
        {entries.map(([key, value]) => (
          <li key={key}>
            <span class="pair-key">{key}</span>
            <span class="pair-value">{value}</span>
          </li>
        ))}
      </ul>
    </Entry>
  );
}

function Environment({ variables }: { readonly variables: Readonly<Record<string, string>> }): VNode | null {
  const t = useTexts();
  const [isShown, setShown] = useState(false);
  const entries = Object.entries(variables);
  if (entries.length === 0) return null;
  const hasSecret = entries.some(([name]) => SECRET.test(name));
  return (
    <Entry name={t.details.environment}>
      <ul class="pairs">
        {entries.map(([name, value]) => (
          <li key={name}>
            <span class="pair-key">{name}</span>
            <span class="pair-value">{SECRET.test(name) && !isShown ? '••••••••' : value}</span>
          </li>
        ))}
      </ul>
      {hasSecret && (
        <button type="button" class="small" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
          {isShown ? t.details.hide : t.details.show}
        </button>
      )}
    </Entry>
  );
}

function Probes({ annotations }: { readonly annotations: Readonly<Record<string, string>> }): VNode {
  const t = useTexts();
  const health = annotations['com.openfaas.health.http.path'] ?? '/_/health';
  const ready = annotations['com.openfaas.ready.http.path'] ?? '/_/ready';
  return (
    <Entry name={t.details.probes}>
      <ul class="pairs">
        <li>
          <span class="pair-key">{t.details.health}</span>
          <span class="pair-value">{health}</span>
        </li>
        <li>
          <span class="pair-key">{t.details.ready}</span>
          <span class="pair-value">{ready}</span>
        </li>
      </ul>
    </Entry>
  );
}

/**
 * Shows the timeouts of a call in their order, on the way to the function and back. The first to pass ends the call.
 */
function TimeoutChain({ variables }: { readonly variables: Readonly<Record<string, string>> }): VNode {
  const t = useTexts();
  const { value: timeouts } = useLoaded<Timeouts>(
    (signal) => getJson('/system/timeouts', { signal }),
    'timeouts',
  );
  const usual = timeouts && {
    read: timeouts.read === 0 ? '∞' : limit(timeouts.read),
    upstream: timeouts.upstream === 0 ? '∞' : limit(timeouts.upstream),
    write: limit(timeouts.write),
  };
  const links = [
    ['gateway', 'read_timeout', usual?.read],
    ['gateway', 'upstream_timeout', usual?.upstream],
    ['watchdog', 'read_timeout', variables['read_timeout']],
    ['watchdog', 'exec_timeout', variables['exec_timeout']],
    ['watchdog', 'write_timeout', variables['write_timeout']],
    ['gateway', 'write_timeout', usual?.write],
  ] as const;
  return (
    <Entry name={t.details.timeouts}>
      <ol class="chain">
        {links.map(([owner, name, value]) => (
          <li key={`${owner}${name}`}>
            <span class="faint">{t.details.owners[owner]}</span> {name}
            <b>{value ?? t.details.usual}</b>
          </li>
        ))}
      </ol>
    </Entry>
  );
}
