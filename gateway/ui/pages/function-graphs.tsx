import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { getJson } from '../api/client.ts';
import type { History } from '../api/types.ts';
import { bytes, cpu, milliseconds, rate } from '../parts/format.ts';
import { Graph, type GraphLine } from '../parts/graph.tsx';
import { useLoaded } from '../parts/load.ts';
import { useTexts } from '../text/text.ts';

const WINDOWS = ['5m', '1h', '24h'] as const;

/** How often the figures of each span of time are fetched again, in milliseconds. */
const REFRESH_MS = { '5m': 5000, '1h': 15_000, '24h': 60_000 } as const;

export function FunctionGraphs({ name }: { readonly name: string }): VNode {
  const t = useTexts();
  const [window, setWindow] = useState<(typeof WINDOWS)[number]>('5m');
  const { value: history } = useLoaded<History>(
    (signal) => getJson(`/system/history/${encodeURIComponent(name)}?window=${window}`, { signal }),
    `${name} ${window}`,
    REFRESH_MS[window],
  );
  const times = timesOf(history);
  const line = (label: string, colour: string, key: string): GraphLine => {
    return { label, colour, values: history?.lines[key] ?? [] };
  };
  const whole = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1));
  return (
    <section aria-labelledby="graphs-title">
      <div class="section-head">
        <h2 id="graphs-title">{t.graphs.title}</h2>
        <div class="segments" role="group" aria-label={t.graphs.window}>
          {WINDOWS.map((one) => (
            <button key={one} type="button" aria-pressed={one === window} onClick={() => setWindow(one)}>
              {t.graphs.windows[one]}
            </button>
          ))}
        </div>
      </div>
      <div class="graphs" aria-busy={history === undefined}>
        <Graph
          title={t.graphs.rate}
          times={times}
          format={rate}
          isFilled
          lines={[
            line('2xx', 'good', '2xx'),
            line('3xx', 'accent', '3xx'),
            line('4xx', 'warn', '4xx'),
            line('5xx', 'bad', '5xx'),
          ]}
        />
        <Graph
          title={t.graphs.latency}
          times={times}
          format={milliseconds}
          lines={[line('p50', 'good', 'p50'), line('p95', 'accent', 'p95'), line('p99', 'warn', 'p99')]}
        />
        <Graph
          title={t.graphs.inFlight}
          times={times}
          format={whole}
          isFilled
          lines={[line(t.graphs.calls, 'accent', 'inFlight')]}
        />
        <Graph
          title={t.graphs.replicas}
          times={times}
          format={whole}
          lines={[
            line(t.graphs.wished, 'muted', 'replicas'),
            line(t.graphs.ready, 'good', 'availableReplicas'),
          ]}
        />
        <Graph
          title={t.graphs.cpu}
          times={times}
          format={cpu}
          isFilled
          lines={[line(t.graphs.used, 'accent', 'cpu')]}
        />
        <Graph
          title={t.graphs.memory}
          times={times}
          format={bytes}
          isFilled
          lines={[line(t.graphs.used, 'accent', 'memory')]}
        />
      </div>
    </section>
  );
}

function timesOf(history: History | undefined): number[] {
  if (!history) return [];
  const start = Date.parse(history.start) / 1000;
  const steps = history.lines['replicas']?.length ?? 0;
  return Array.from({ length: steps }, (_, at) => start + at * history.stepSeconds);
}
