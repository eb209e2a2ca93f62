import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { DASHBOARDS } from './grafana/dashboards.ts';

/**
 * Makes docs/grafana: the dashboards of Grafana, from scripts/grafana/dashboards.ts. `--check` fails where a file
 * there differs.
 */

const FOLDER = 'docs/grafana';

mkdirSync(FOLDER, { recursive: true });
for (const [name, dashboard] of Object.entries(DASHBOARDS)) {
  const file = join(FOLDER, `${name}.json`);
  const text = await format(JSON.stringify(dashboard), { parser: 'json', printWidth: 110 });
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readIfThere(file) !== text) {
    console.error(`${file} is not what scripts/grafana/dashboards.ts makes: npm run docs`);
    process.exitCode = 1;
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
