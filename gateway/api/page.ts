import type { FunctionStatus } from '../functions/function-status.ts';
import { qualifiedName } from '../functions/function-name.ts';
import { allFunctions } from '../providers/all-functions.ts';
import { RELEASE } from '../version.ts';
import type { Answer } from './answer.ts';
import type { ApiContext, Call } from './call.ts';

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color-scheme: light dark }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .4rem .8rem; border-bottom: 1px solid #8884 }
td.number { text-align: right } code { font-size: .9em } .note { color: #b60 }`;

/** `GET /`. */
export function redirectToPage(): Answer {
  return { status: 307, headers: { Location: '/ui/' } };
}

/** `GET /ui/`: the functions of every namespace. */
export async function showPage(_call: Call, { provider, metrics }: ApiContext): Promise<Answer> {
  const functions = await allFunctions(provider);
  const rows = functions.map((status) => row(status, metrics.invocations.count(status.deployment)));
  const table =
    rows.length === 0
      ? '<p>No function is deployed yet. <code>faas-cli deploy</code> makes one.</p>'
      : `<table><thead><tr><th>Function</th><th>Image</th><th>Ready</th><th>Calls</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Functions</title><style>${STYLE}</style></head>
<body><h1>Functions</h1>${table}<p><small>of-gateway ${escaped(RELEASE)}</small></p></body></html>
`;
  return { status: 200, headers: HEADERS, body };
}

function row({ deployment, replicas, availableReplicas, notes }: FunctionStatus, calls: number): string {
  const name = qualifiedName(deployment);
  const link = `<a href="/function/${encodeURIComponent(name)}">${escaped(name)}</a>`;
  const lines = notes.map((note) => `<br><span class="note">${escaped(note)}</span>`).join('');
  const ready = `${availableReplicas} of ${replicas}`;
  return `<tr><td>${link}${lines}</td><td><code>${escaped(deployment.image)}</code></td><td>${ready}</td><td class="number">${calls}</td></tr>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
