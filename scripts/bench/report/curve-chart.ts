import type { Summary } from '../statistics.ts';
import { linear, logarithmic } from './scale.ts';
import { colourOf, document, element, line, text } from './svg.ts';

interface Curve {
  readonly label: string;
  readonly index: number;
  /** A value for each point; undefined where it was not measured. */
  readonly values: readonly (Summary | undefined)[];
}

interface CurveChart {
  readonly title: string;
  readonly axis: string;
  /** The names of the points, which stand at equal distances, whatever their values. */
  readonly points: readonly string[];
  readonly curves: readonly Curve[];
  /** Ratios are shown from 0, with a line at 1; figures by powers of ten, as `format` writes them. */
  readonly isRatio: boolean;
  format(value: number): string;
}

const WIDTH = 720;
const HEIGHT = 360;
const LEFT = 64;
const RIGHT = 34;
const TOP = 62;
const BOTTOM = HEIGHT - 44;

type Place = readonly [x: number, y: number];

function pathOf(places: readonly Place[]): string {
  return places.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}

/** Draws a line for each contender through its medians, in a band from the least to the most of all rounds. */
export function drawCurves({ title, axis, points, curves, isRatio, format }: CurveChart): string {
  const summaries = curves.flatMap(({ values }) => values.filter((value) => value !== undefined));
  const least = Math.min(...summaries.map((value) => value.least).filter((value) => value > 0));
  const most = Math.max(...summaries.map((value) => value.most));
  const y = isRatio ? linear(Math.max(1, most), BOTTOM, TOP) : logarithmic(least, most, BOTTOM, TOP);
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, points.length - 1);
  const x = (index: number): number => LEFT + index * step;
  const parts = [
    ...y.ticks.flatMap((tick) => [
      line([LEFT, y.at(tick)], [WIDTH - RIGHT, y.at(tick)], 'rule'),
      text(LEFT - 8, y.at(tick) + 4, isRatio ? tick.toFixed(2) : format(tick), {
        class: 'small',
        'text-anchor': 'end',
      }),
    ]),
    ...points.map((name, index) =>
      text(x(index), BOTTOM + 18, name, { class: 'small', 'text-anchor': 'middle' }),
    ),
    text(WIDTH - RIGHT, HEIGHT - 6, axis, { class: 'small', 'text-anchor': 'end' }),
    ...(isRatio ? [line([LEFT, y.at(1)], [WIDTH - RIGHT, y.at(1)], 'one')] : []),
  ];
  let legend = LEFT;
  for (const { label, index, values } of curves) {
    const colour = colourOf(index);
    const there = values.flatMap((value, at) => (value ? [{ at, value }] : []));
    const places = there.map(({ at, value }): Place => [x(at), y.at(value.median)]);
    const upper = there.map(({ at, value }): Place => [x(at), y.at(value.most)]);
    const lower = there.map(({ at, value }): Place => [x(at), y.at(Math.max(value.least, least))]).reverse();
    parts.push(
      element('path', { d: `${pathOf([...upper, ...lower])}Z`, fill: colour, 'fill-opacity': '0.15' }),
      element('path', { d: pathOf(places), fill: 'none', stroke: colour, 'stroke-width': 2 }),
      ...places.map(([cx, cy]) => element('circle', { cx, cy, r: 3, fill: colour })),
      element('rect', { x: legend, y: 30, width: 12, height: 12, rx: 2, fill: colour }),
      text(legend + 17, 40, label),
    );
    legend += 34 + label.length * 7;
  }
  return document(WIDTH, HEIGHT, title, parts);
}
