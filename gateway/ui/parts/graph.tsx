import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { theme } from '../live/preferences.ts';
import { useStore } from '../live/store.ts';

export interface GraphLine {
  readonly label: string;
  /** A variable of style/colours.css without its dashes. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
}

export interface GraphProps {
  readonly title: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly GraphLine[];
  /** Writes a value for the axis and the legend. */
  readonly format: (value: number) => string;
  /** Whether the area under the lines is filled. */
  readonly isFilled?: boolean;
}

const HEIGHT = 148;
/** The top of the axis, as a multiple of the highest value. */
const HEADROOM = 1.15;

function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function latest(values: readonly (number | null)[]): number | null {
  for (let at = values.length - 1; at >= 0; at -= 1) {
    const value = values[at];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

/** Draws lines over time. The legend has the latest value of each as text, as screen readers see no drawing. */
export function Graph({ title, times, lines, format, isFilled = false }: GraphProps): VNode {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const shownTheme = useStore(theme);
  const shape = lines.map(({ label, colour }) => `${label}:${colour}`).join();

  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const grid = { stroke: colourOf('graph-grid'), width: 1 };
    const axis = {
      stroke: colourOf('muted'),
      font: `11px ${getComputedStyle(element).fontFamily}`,
      grid,
      ticks: { show: false },
    };
    const options: uPlot.Options = {
      width: element.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { points: { size: 6 }, drag: { x: false, y: false } },
      padding: [8, 8, 0, 0],
      scales: { y: { range: (_plot, _least, most) => [0, (most > 0 ? most : 1) * HEADROOM] } },
      axes: [
        { ...axis, grid: { show: false }, size: 24, values: '{HH}:{mm}' },
        {
          ...axis,
          size: 58,
          splits: (_plot, _axis, _least, most) => [0, most / 2, most].map((one) => one / HEADROOM),
          values: (_plot, splits) => splits.map((value) => format(value)),
        },
      ],
      series: [
        {},
        ...lines.map(({ label, colour }) => ({
          label,
          stroke: colourOf(colour),
          width: 1.5,
          points: { show: false },
          ...(isFilled && { fill: `${colourOf(colour)}22` }),
        })),
      ],
    };
    const made = new uPlot(options, dataOf(times, lines), element);
    plot.current = made;
    const resizing = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resizing.observe(element);
    return () => {
      resizing.disconnect();
      made.destroy();
    };
  }, [shape, shownTheme, isFilled]);

  useEffect(() => plot.current?.setData(dataOf(times, lines)), [times, lines]);

  return (
    <figure class="graph">
      <figcaption>
        <span class="graph-title">{title}</span>
        <span class="graph-legend">
          {lines.map(({ label, colour, values }) => {
            const value = latest(values);
            return (
              <span key={label} class={`legend-${colour}`}>
                <i aria-hidden="true" />
                {label} <b>{value === null ? '–' : format(value)}</b>
              </span>
            );
          })}
        </span>
      </figcaption>
      <div ref={place} class="graph-plot" aria-hidden="true" />
    </figure>
  );
}

function dataOf(times: readonly number[], lines: readonly GraphLine[]): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])];
}
