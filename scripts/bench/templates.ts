import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';

/**
 * What the templates' adapters cost: the same handler on a bare node:http server and in each template, called without
 * the watchdog, in turn. `tsx scripts/bench/templates.ts [--seconds 3] [--rounds 5] [--node PATH] [--json FILE]`.
 * Ends with 1 where an adapter that has a mark takes more than 15% of what the bare server does in the same processor
 * time: that is the rate of a server that has a core to itself, and holds on a machine that is busy.
 */

const TEMPLATES = fileURLToPath(new URL('../../templates', import.meta.url));
const MARK = 0.85;
const CONNECTIONS = 50;

const GREET = '({ message: `Hello, ${body?.name ?? "world"}!` })';
const EVENT_HANDLER = `async ({ body }) => ${GREET}`;
const WEB_HANDLER = `async (request) => {
  const body = request.method === 'POST' ? await request.json() : undefined;
  return Response.json(${GREET});
}`;

/** The least that a server has to do for this handler. */
const BARE = `
const { createServer } = require('node:http');
const handler = ${EVENT_HANDLER};
async function answer(res, event) {
  const text = JSON.stringify(await handler(event));
  const type = 'application/json; charset=utf-8';
  res.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  res.end(text);
}
const server = createServer((req, res) => {
  if (req.method === 'GET') return answer(res, {});
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => answer(res, { body: JSON.parse(Buffer.concat(chunks).toString()) }));
});
server.listen(0, '127.0.0.1', () => console.log('listening on port: ' + server.address().port));
`;

interface Subject {
  readonly name: string;
  /** Whether the mark is asked of it. */
  readonly marked: boolean;
  readonly files: Readonly<Record<string, string>>;
}

const SUBJECTS: readonly Subject[] = [
  { name: 'bare', marked: false, files: { 'index.js': BARE } },
  ...['node22', 'node24', 'node26'].map((name) => ({
    name,
    marked: true,
    files: { 'function/handler.js': `module.exports = ${EVENT_HANDLER};` },
  })),
  {
    name: 'ts-http',
    marked: true,
    files: { 'function/dist/handler.js': `export default ${EVENT_HANDLER};` },
  },
  { name: 'ts-web', marked: false, files: { 'function/dist/handler.js': `export default ${WEB_HANDLER};` } },
];

const LOADS: Readonly<Record<string, Partial<autocannon.Options>>> = {
  GET: {},
  'POST JSON': { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"Ada"}' },
};

interface Running extends Subject {
  readonly process: ChildProcess;
  readonly url: string;
  /** By load, a figure per round. */
  readonly figures: Record<string, Figure[]>;
}

interface Figure {
  /** Requests per second. */
  readonly rate: number;
  /** Processor time of the server, in microseconds per request. */
  readonly cpu: number;
}

async function prepare({ name, files }: Subject, root: string): Promise<string> {
  const folder = join(root, name);
  if (name !== 'bare') await cp(join(TEMPLATES, name), folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  if (name === 'ts-web') await promisify(execFile)('npm', ['ci'], { cwd: folder });
  return folder;
}

async function start(subject: Subject, folder: string, node: string): Promise<Running> {
  const env = { ...process.env, http_port: '0' };
  const child = spawn(node, ['index.js'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = /port: (\d+)/.exec(String(line))?.[1];
  if (port === undefined) throw new Error(`${subject.name} did not start: ${String(line)}`);
  return { ...subject, process: child, url: `http://127.0.0.1:${port}/`, figures: {} };
}

async function measure(
  running: Running,
  load: Partial<autocannon.Options>,
  seconds: number,
): Promise<Figure> {
  const before = await processorTime(running);
  const result = await autocannon({ ...load, url: running.url, connections: CONNECTIONS, duration: seconds });
  if (result.non2xx + result.errors > 0) throw new Error(`${running.name}: requests failed`);
  const cpu = ((await processorTime(running)) - before) / result.requests.total;
  return { rate: result.requests.average, cpu };
}

/** The processor time that a process has used, in microseconds; 0 where there is no /proc. */
async function processorTime({ process: { pid } }: Running): Promise<number> {
  const stat = await readFile(`/proc/${pid ?? ''}/stat`, 'utf8').catch(() => '');
  const [user = 0, system = 0] = stat.split(') ')[1]?.split(' ').slice(11, 13).map(Number) ?? [];
  return (user + system) * 10_000; // a tick is 10 ms
}

function median(figures: readonly Figure[], of: keyof Figure): number {
  const sorted = figures.map((figure) => figure[of]).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    node: { type: 'string', default: process.execPath },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
  },
});

const root = await mkdtemp(join(tmpdir(), 'bench-templates-'));
const running: Running[] = [];
try {
  const chosen = SUBJECTS.filter(
    ({ name }) => name === 'bare' || values.only.length === 0 || values.only.includes(name),
  );
  for (const subject of chosen) running.push(await start(subject, await prepare(subject, root), values.node));
  for (const server of running) await measure(server, {}, 1); // warm
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const [name, load] of Object.entries(LOADS)) {
      for (const server of running) {
        (server.figures[name] ??= []).push(await measure(server, load, Number(values.seconds)));
      }
    }
  }
} finally {
  for (const server of running) server.process.kill('SIGKILL');
  await rm(root, { recursive: true, force: true });
}

const [bare] = running;
const rows = running.flatMap(({ name, marked, figures }) =>
  Object.entries(figures).map(([load, own]) => {
    const base = bare?.figures[load] ?? [];
    const [rate, cpu] = [median(own, 'rate'), median(own, 'cpu')];
    const ofRate = rate / median(base, 'rate');
    const ofTime = cpu > 0 ? median(base, 'cpu') / cpu : ofRate;
    return {
      name,
      load,
      'req/s': Math.round(rate),
      'of bare': Number(ofRate.toFixed(3)),
      'µs CPU/req': Number(cpu.toFixed(1)),
      'of bare ': Number(ofTime.toFixed(3)),
      ok: !marked || ofTime >= MARK,
    };
  }),
);
console.table(rows);
if (values.json) await writeFile(values.json, `${JSON.stringify({ node: values.node, rows }, null, 2)}\n`);
if (rows.some(({ ok }) => !ok)) {
  console.error(`an adapter takes more than ${Math.round((1 - MARK) * 100)}% of the bare server's rate`);
  process.exitCode = 1;
}
