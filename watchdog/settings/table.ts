import {
  boolean,
  commandLine,
  duration,
  integer,
  lineLength,
  oneOf,
  port,
  string,
  upstreamAddress,
  type Parser,
} from './parsers.ts';

export const MODES = ['streaming', 'serializing', 'classic', 'http', 'static'] as const;
export type Mode = (typeof MODES)[number];

/** What the defaults of later rows may depend on. */
export interface EarlierSettings {
  readonly mode: Mode;
  readonly writeTimeout: number;
  readonly logFormat: 'text' | 'json';
}

/** One row: a setting, everything that is known of it, and its line of documentation. */
export interface Setting<T> {
  /** The variables that set it; where several are set the first of these wins. */
  readonly names: readonly [string, ...string[]];
  readonly parser: Parser<T>;
  readonly fallback: T | ((earlier: EarlierSettings) => T);
  /** The default in words, where its value alone does not tell. */
  readonly fallbackText?: string;
  readonly modes: string;
  readonly line: string;
}

function setting<T>(row: Setting<T>): Setting<T> {
  return row;
}

/** A setting that has no value until it is given one. */
function optional<T>(row: Omit<Setting<T>, 'fallback'>): Setting<T | undefined> {
  return { ...row, parser: row.parser as Parser<T | undefined>, fallback: undefined };
}

/** Every setting of the watchdog, in the order of the documentation and of reading. */
export const SETTINGS = {
  mode: setting<Mode>({
    names: ['mode'],
    parser: oneOf(MODES),
    fallback: 'streaming',
    modes: 'all',
    line: 'How the function is run: `streaming`, `serializing` and `classic` start a process per request, `http` forwards to a server, `static` serves files.',
  }),
  functionProcess: optional({
    names: ['function_process', 'fprocess'],
    parser: commandLine,
    modes: 'all but static',
    line: 'The command of the function. Quotes and backslashes count as in a shell.',
  }),
  port: setting({
    names: ['port'],
    parser: port,
    fallback: 8080,
    modes: 'all',
    line: 'The port that the watchdog listens on.',
  }),
  metricsPort: setting({
    names: ['metrics_port'],
    parser: port,
    fallback: 8081,
    modes: 'all',
    line: 'The port of Prometheus metrics, at `/metrics`.',
  }),
  upstreamUrl: optional({
    names: ['http_upstream_url', 'upstream_url'],
    parser: upstreamAddress,
    modes: 'http',
    line: 'Where the function listens: `http://127.0.0.1:3000`, or `unix:/path.sock` for a Unix socket.',
  }),
  staticPath: setting({
    names: ['static_path'],
    parser: string,
    fallback: '/home/app/public',
    modes: 'static',
    line: 'The folder that is served.',
  }),
  readTimeout: setting({
    names: ['read_timeout'],
    parser: duration('zero'),
    fallback: 30_000,
    modes: 'all',
    line: 'How long the watchdog waits, in all, for a request to arrive whole, headers and body; then 408. `0`: no limit.',
  }),
  writeTimeout: setting({
    names: ['write_timeout'],
    parser: duration('over zero'),
    fallback: 30_000,
    modes: 'all',
    line: 'How long a request may take from its headers to the last byte of its response; then 504. Also the longest that shutdown waits for requests in flight.',
  }),
  execTimeout: setting({
    names: ['exec_timeout'],
    parser: duration('zero'),
    fallback: (earlier) => (earlier.mode === 'classic' ? 0 : 30_000),
    fallbackText: '`30s`; `0s` in classic mode',
    modes: 'all but static',
    line: 'How long the function may take over a request; then 504 (408 in classic mode), and in the modes with a process per request the process group is killed. `0`: no limit. A request can shorten it with `X-Timeout`.',
  }),
  healthcheckInterval: setting({
    names: ['healthcheck_interval'],
    parser: duration('zero'),
    fallback: (earlier) => earlier.writeTimeout,
    fallbackText: '`write_timeout`',
    modes: 'all',
    line: 'How long after SIGTERM requests are still accepted, so that the orchestrator sees the failing health check first.',
  }),
  maxInflight: setting({
    names: ['max_inflight'],
    parser: integer(0, 1_000_000, 'a whole number, 0 for no limit'),
    fallback: 0,
    modes: 'all',
    line: 'How many requests may be in flight; one more is refused with 429. `0`: no limit.',
  }),
  readyPath: optional({
    names: ['ready_path'],
    parser: string,
    modes: 'all',
    line: 'A path of the function that answers for `/_/ready`.',
  }),
  suppressLock: setting({
    names: ['suppress_lock'],
    parser: boolean,
    fallback: false,
    modes: 'all',
    line: 'Write no lock-file (`.lock` in `$TMPDIR`, else `/tmp`).',
  }),
  contentType: optional({
    names: ['content_type'],
    parser: string,
    fallbackText: '`application/octet-stream`; the type of the request in classic mode',
    modes: 'streaming, serializing, classic',
    line: 'The content type of every response.',
  }),
  exitStatus: setting<'fail' | 'ignore'>({
    names: ['exit_status'],
    parser: oneOf(['fail', 'ignore']),
    fallback: 'fail',
    modes: 'streaming',
    line: '`fail`: a process that ends with a status other than 0 is a 500, or breaks off a response under way. `ignore`: it is a 200 all the same, as in of-watchdog.',
  }),
  bufferRequestBody: setting({
    names: ['http_buffer_req_body', 'buffer_http'],
    parser: boolean,
    fallback: false,
    modes: 'http',
    line: 'Read a request whole before it is forwarded, and forward it with a Content-Length.',
  }),
  cgiHeaders: setting({
    names: ['cgi_headers'],
    parser: boolean,
    fallback: true,
    modes: 'streaming, serializing, classic',
    line: "Put the request into the process's environment: `Http_Method`, `Http_Path`, `Http_Query` and an `Http_…` for each header.",
  }),
  combineOutput: setting({
    names: ['combine_output', 'combined_output'],
    parser: boolean,
    fallback: true,
    modes: 'classic',
    line: "Make the process's stderr a part of the response; otherwise it goes to the log.",
  }),
  marshalRequest: setting({
    names: ['marshal_request'],
    parser: boolean,
    fallback: false,
    modes: 'classic',
    line: 'Give the process one JSON object with the headers and the body (in base64) instead of the bare body.',
  }),
  writeDebug: setting({
    names: ['write_debug'],
    parser: boolean,
    fallback: false,
    modes: 'classic',
    line: 'Print responses, errors, paths and queries.',
  }),
  readDebug: setting({
    names: ['read_debug'],
    parser: boolean,
    fallback: false,
    modes: 'classic',
    line: 'Print request bodies.',
  }),
  debugHeaders: setting({
    names: ['debug_headers'],
    parser: boolean,
    fallback: false,
    modes: 'classic',
    line: 'Print the headers of requests and responses.',
  }),
  logFormat: setting<'text' | 'json'>({
    names: ['log_format'],
    parser: oneOf(['text', 'json']),
    fallback: 'text',
    modes: 'all',
    line: "`json` makes every line of the watchdog one JSON object. The function's own lines stay what they are.",
  }),
  prefixLogs: setting({
    names: ['prefix_logs'],
    parser: boolean,
    fallback: (earlier) => earlier.logFormat === 'text',
    fallbackText: '`true`; `false` with `log_format=json`',
    modes: 'all',
    line: "Put date, time and `stdout:` or `stderr:` in front of the function's lines.",
  }),
  logCallId: setting({
    names: ['log_call_id', 'log_callid'],
    parser: boolean,
    fallback: false,
    modes: 'all',
    line: 'Put the `X-Call-Id` of the request, or `[none]`, at the end of its line in the log.',
  }),
  logBufferSize: setting({
    names: ['log_buffer_size'],
    parser: lineLength,
    fallback: 65_536,
    modes: 'all',
    line: "The length in bytes from which a line of the function's output is cut into pieces. `-1`: never.",
  }),
  jwtAuth: setting({
    names: ['jwt_auth'],
    parser: boolean,
    fallback: false,
    modes: 'all',
    line: "Require an OpenFaaS function access token, checked against the gateway's keys.",
  }),
  jwtAuthLocal: setting({
    names: ['jwt_auth_local'],
    parser: boolean,
    fallback: false,
    modes: 'all',
    line: 'Find the gateway at `http://127.0.0.1:8000` instead of `http://gateway.openfaas:8080`.',
  }),
  jwtAuthDebug: setting({
    names: ['jwt_auth_debug'],
    parser: boolean,
    fallback: false,
    modes: 'all',
    line: 'Log what the check of a token sees.',
  }),
  openfaasName: optional({
    names: ['OPENFAAS_NAME'],
    parser: string,
    modes: 'all',
    line: "The function's name, for `jwt_auth`.",
  }),
  openfaasNamespace: optional({
    names: ['OPENFAAS_NAMESPACE'],
    parser: string,
    fallbackText: 'the namespace of the service account',
    modes: 'all',
    line: "The function's namespace, for `jwt_auth`.",
  }),
  temporaryFolder: setting({
    names: ['TMPDIR'],
    parser: string,
    fallback: '/tmp',
    modes: 'all',
    line: 'The folder of the lock-file.',
  }),
};

type Table = typeof SETTINGS;
type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** What the watchdog was told, read once and frozen. Times are in milliseconds. */
export type Settings = { readonly [K in keyof Table]: ValueOf<Table[K]> };
