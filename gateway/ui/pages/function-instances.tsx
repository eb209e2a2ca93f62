import type { VNode } from 'preact';
import type { FunctionView } from '../api/types.ts';
import { bytes, cpu } from '../parts/format.ts';
import { StateMark } from '../parts/state-mark.tsx';
import { useTexts } from '../text/text.ts';

/** Lists the instances of a function with their states. */
export function FunctionInstances({ view }: { readonly view: FunctionView | undefined }): VNode {
  const t = useTexts();
  const instances = view?.instances;
  return (
    <section class="card" aria-labelledby="instances-title">
      <h2 id="instances-title">{t.instances.title}</h2>
      {view && (
        <p class="faint">
          {t.instances.of(view.availableReplicas, view.replicas)}
          {view.memory !== undefined && ` · ${cpu(view.cpu)} CPU · ${bytes(view.memory)}`}
        </p>
      )}
      {instances === undefined && view && <p class="faint">{t.instances.unknown}</p>}
      {instances?.length === 0 && <p class="faint">{t.instances.none}</p>}
      {instances !== undefined && instances.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{t.instances.name}</th>
              <th scope="col">{t.functions.columns.state}</th>
              <th scope="col" class="number">
                {t.summary.inFlight}
              </th>
            </tr>
          </thead>
          <tbody>
            {instances.map(({ id, state, inFlight }) => (
              <tr key={id}>
                <td class="code">{id}</td>
                <td>
                  <StateMark state={state} />
                </td>
                <td class="number">{inFlight}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
