import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { ROOT } from '../../sample/sample-bundle.ts';
import { chartName, drawChart } from './charts.ts';
import { writePage } from './page.ts';
import { toJson, type Report } from './report.ts';

const path = (name: string): string => fileURLToPath(new URL(name, ROOT));

/** Where the report of a full run stands; others are written below dist/. */
export const DOCS = path('docs/');
export const SCRATCH = path('dist/bench/report/');

/**
 * Writes the page, its charts and the JSON file over the earlier ones.
 * @param folder with a slash at its end
 * @returns the page
 */
export async function writeReport(report: Report, folder: string): Promise<string> {
  await rm(`${folder}benchmarks`, { recursive: true, force: true });
  await mkdir(`${folder}benchmarks`, { recursive: true });
  const findings = report.findings.map((finding) => {
    const drawn = finding.charts.flatMap((plan) => {
      const chart = drawChart(finding, plan);
      return chart === undefined ? [] : [{ plan, chart }];
    });
    return { finding: { ...finding, charts: drawn.map(({ plan }) => plan) }, drawn };
  });
  for (const { finding, drawn } of findings) {
    for (const { plan, chart } of drawn)
      await writeFile(`${folder}benchmarks/${chartName(finding.id, plan)}`, chart);
  }
  const shown = { ...report, findings: findings.map(({ finding }) => finding) };
  const style = await resolveConfig(`${DOCS}benchmarks.md`);
  const page = await format(writePage(shown), { ...style, parser: 'markdown' });
  await writeFile(`${folder}benchmarks.md`, page);
  await writeFile(`${folder}benchmarks.json`, toJson(report));
  return page;
}
