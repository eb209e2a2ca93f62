import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { getJson } from '../api/client.ts';
import { Empty } from '../parts/empty.tsx';
import { valueOf } from '../parts/field.tsx';
import { Icon } from '../parts/icons.tsx';
import { useLoaded } from '../parts/load.ts';
import { tellFailed } from '../parts/notices.tsx';
import { useTexts } from '../text/text.ts';
import { NEW_FORM, pairLines, type DeployForm } from './deploy-form.ts';

/** A function of an index, in the format of faas-cli's function stores. */
interface StoreFunction {
  readonly title: string;
  readonly name: string;
  readonly description?: string;
  readonly images?: Readonly<Record<string, string>>;
  readonly image?: string;
  readonly icon?: string;
  readonly fprocess?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Index {
  readonly functions: readonly StoreFunction[];
}

/** Lists the functions of an index. A click on one fills in the form that deploys it. */
export function StoreIndex({ onPick }: { readonly onPick: (form: DeployForm) => void }): VNode {
  const t = useTexts();
  const [opened, setOpened] = useState<Index | undefined>();
  const [search, setSearch] = useState('');
  const { value: told } = useLoaded<Index>((signal) => getJson('/system/index', { signal }), 'store');
  const { value: info } = useLoaded<{ arch: string }>(
    (signal) => getJson('/system/info', { signal }),
    'info',
  );
  const index = opened ?? told;
  const open = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    try {
      setOpened(readIndex(await file.text()));
    } catch (thrown) {
      tellFailed(new Error(t.store.unreadable(thrown instanceof Error ? thrown.message : String(thrown))));
    }
  };
  const wanted = search.toLowerCase();
  const found = (index?.functions ?? []).filter((one) =>
    `${one.title} ${one.name} ${one.description ?? ''}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <div class="toolbar">
        <span class="search">
          <Icon name="search" />
          <input
            type="search"
            placeholder={t.store.search}
            aria-label={t.store.search}
            value={search}
            onInput={(event) => setSearch(valueOf(event))}
          />
        </span>
        <span class="grow" />
        <label class="button">
          <Icon name="file" />
          {t.store.open}
          <input
            type="file"
            accept=".json,application/json"
            class="visually-hidden"
            onChange={(event) => void open((event.target as HTMLInputElement).files?.[0])}
          />
        </label>
      </div>
      {index === undefined || index.functions.length === 0 ? (
        <Empty icon="deploy" title={t.store.none}>
          <p>{t.store.noneText}</p>
        </Empty>
      ) : (
        <ul class="store">
          {found.map((one) => (
            <li key={one.name} class="card store-item">
              <Picture icon={one.icon} title={one.title} />
              <div>
                <h2>{one.title}</h2>
                <p>{one.description}</p>
                <span class="code faint">{imageOf(one, info?.arch)}</span>
              </div>
              <button type="button" onClick={() => onPick(formFrom(one, info?.arch))}>
                {t.store.pick}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Shows the picture of a function only where the index contains it: the page loads nothing from other hosts. */
function Picture({ icon, title }: { readonly icon: string | undefined; readonly title: string }): VNode {
  if (icon?.startsWith('data:image/') === true) return <img class="picture" src={icon} alt="" />;
  return (
    <span class="picture" aria-hidden="true">
      {title.slice(0, 1).toUpperCase()}
    </span>
  );
}

function imageOf({ images = {}, image = '' }: StoreFunction, arch = 'x86_64'): string {
  return images[arch] ?? images['x86_64'] ?? image;
}

function formFrom(one: StoreFunction, arch: string | undefined): DeployForm {
  return {
    ...NEW_FORM,
    service: one.name,
    image: imageOf(one, arch),
    envProcess: one.fprocess ?? '',
    envVars: pairLines(one.environment ?? {}),
    labels: pairLines(one.labels ?? {}),
    annotations: pairLines(one.annotations ?? {}),
  };
}

function readIndex(text: string): Index {
  const index = JSON.parse(text) as Partial<Index>;
  if (!Array.isArray(index.functions)) throw new Error('functions: expected a list');
  return {
    functions: index.functions.filter((one) => typeof one.name === 'string' && typeof one.title === 'string'),
  };
}
