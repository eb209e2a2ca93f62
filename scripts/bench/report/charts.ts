import { figureOf, ratioOf, type Finding, type Row } from '../comparison.ts';
import { FIGURES, show, type FigureName } from '../figures.ts';
import type { ChartPlan } from '../scenario.ts';
import type { Summary } from '../statistics.ts';
import { drawBars } from './bar-chart.ts';
import { drawCurves } from './curve-chart.ts';

/** The name of a chart's file. */
export function chartName(id: string, { figure, asRatio }: ChartPlan): string {
  return `${id}-${figure}${asRatio ? '-ratio' : ''}.svg`;
}

export function chartTitle({ title, rows }: Finding, { figure, asRatio }: ChartPlan): string {
  const of = asRatio ? `, over ${rows[0]?.contender ?? ''}` : '';
  return `${title.replaceAll('`', '')}: ${FIGURES[figure].axis}${of}`;
}

/** A power of ten, without needless digits. */
function showTick(figure: FigureName): (value: number) => string {
  return (value) => Number((value / FIGURES[figure].scale).toPrecision(3)).toLocaleString('en-GB');
}

/** The chart as an SVG file; undefined where nothing of it was measured. */
export function drawChart(finding: Finding, plan: ChartPlan): string | undefined {
  const { rows, axis } = finding;
  const all = [...new Set(rows.map(({ point }) => point.name))];
  const names = [...new Set(rows.map(({ contender }) => contender))];
  const rowAt = (name: string, point: string): Row | undefined =>
    rows.find((row) => row.contender === name && row.point.name === point);
  const valueAt = (name: string, point: string): Summary | undefined => {
    const [row, first] = [rowAt(name, point), rowAt(names[0] ?? '', point)];
    if (!row || !first) return undefined;
    return plan.asRatio ? ratioOf(row, first, plan.figure) : figureOf(row, plan.figure);
  };
  const points = all.filter((point) => names.some((name) => valueAt(name, point)));
  if (points.length === 0) return undefined;
  const title = chartTitle(finding, plan);
  const format = (value: number): string => (plan.asRatio ? value.toFixed(2) : show(plan.figure, value));
  if (plan.kind === 'curves') {
    const curves = names.map((label, index) => {
      return { label, index, values: points.map((point) => valueAt(label, point)) };
    });
    return drawCurves({ title, axis, points, curves, isRatio: plan.asRatio, format: showTick(plan.figure) });
  }
  const groups = points.map((point) => {
    const bars = names.flatMap((label, index) => {
      const value = valueAt(label, point);
      return value ? [{ label, index, value }] : [];
    });
    return { heading: `${axis} ${point}`, bars };
  });
  return drawBars({ title, groups, format, ...(plan.asRatio ? { reference: 1 } : {}) });
}
