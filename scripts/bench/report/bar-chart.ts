import type { Summary } from '../statistics.ts';
import { linear } from './scale.ts';
import { colourOf, document, element, line, text } from './svg.ts';

interface Bar {
  readonly label: string;
  /** The place of the contender, which gives the colour. */
  readonly index: number;
  readonly value: Summary;
}

/** Bars that belong together, with a heading where there are several groups. */
interface BarGroup {
  readonly heading: string;
  readonly bars: readonly Bar[];
}

interface BarChart {
  readonly title: string;
  readonly groups: readonly BarGroup[];
  /** A line across the bars, such as "as fast as direct". */
  readonly reference?: number;
  format(value: number): string;
}

const WIDTH = 720;
const LEFT = 190;
const RIGHT = 70;
const TOP = 34;
const BAR = 16;
const GAP = 5;
const HEADING = 22;

/** Draws horizontal bars from 0, with the least and the most of all rounds as a thin line over each. */
export function drawBars({ title, groups, reference, format }: BarChart): string {
  const most = Math.max(reference ?? 0, ...groups.flatMap(({ bars }) => bars.map(({ value }) => value.most)));
  const scale = linear(most, LEFT, WIDTH - RIGHT);
  const parts: string[] = [];
  let y = TOP;
  for (const { heading, bars } of groups) {
    if (groups.length > 1) {
      parts.push(text(0, y + 13, heading, { class: 'small', 'font-weight': 600 }));
      y += HEADING;
    }
    for (const { label, index, value } of bars) {
      const middle = y + BAR / 2;
      const end = scale.at(value.median);
      parts.push(
        text(LEFT - 8, middle + 4, label, { 'text-anchor': 'end' }),
        element('rect', {
          x: LEFT,
          y,
          width: Math.max(1, end - LEFT),
          height: BAR,
          rx: 2,
          fill: colourOf(index),
        }),
        line([scale.at(value.least), middle], [scale.at(value.most), middle], 'range'),
        text(Math.max(end, scale.at(value.most)) + 6, middle + 4, format(value.median)),
      );
      y += BAR + GAP;
    }
    y += GAP;
  }
  const grid = scale.ticks.flatMap((tick) => {
    const x = scale.at(tick);
    return [
      line([x, TOP - 4], [x, y], 'rule'),
      text(x, y + 14, format(tick), { class: 'small', 'text-anchor': 'middle' }),
    ];
  });
  const mark =
    reference === undefined ? [] : [line([scale.at(reference), TOP - 4], [scale.at(reference), y], 'one')];
  return document(WIDTH, y + 24, title, [...grid, ...parts, ...mark]);
}
