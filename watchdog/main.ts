import { helpText, readCommand, type Command } from './cli.ts';
import { messageOf } from '../common/errors.ts';
import type { ListeningMessage } from '../common/protocol.ts';
import { StartError } from './errors.ts';
import { createTextLogger, formatLine, type Logger } from './log/logger.ts';
import { LogSink } from './log/sink.ts';
import type { Uncaught } from './inproc/uncaught.ts';
import { dropPrivileges } from './process/privileges.ts';
import type { RunnerContext } from './runners/runner.ts';
import { holdHeapSmall, holdSpentBodies } from './server/heap.ts';
import { LockFile } from './server/lock-file.ts';
import { Watchdog } from './server/watchdog.ts';
import { watchdogSettingsAsText } from './settings/document.ts';
import { readSettings } from './settings/read.ts';
import type { Settings } from './settings/table.ts';
import { VERSION_LINE } from './version.ts';
import { WORKER_VARIABLE, type WorkerOrder } from './workers/messages.ts';

/** Milliseconds that a slow reader of the log may hold up the exit. */
const LOG_DEADLINE_MS = 1000;

const SIGNALS = { SIGTERM: 15, SIGINT: 2 } as const;

/** In inproc mode the function's own `process.exit` is another. */
const exitProcess = process.exit.bind(process);

/** What a supervisor has told this process to be, if one has. Nothing of it for the function. */
const workerOrder = readWorkerOrder();
delete process.env[WORKER_VARIABLE];

const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && workerOrder?.ownVariables.includes(entry[0]) !== true,
  ),
);

function main(): void {
  let command: Command;
  try {
    command = readCommand(process.argv.slice(2));
  } catch (thrown) {
    process.stderr.write(`${messageOf(thrown)}\n`);
    process.exitCode = 2;
    return;
  }
  if (command === 'help') process.stdout.write(helpText(watchdogSettingsAsText()));
  else if (command === 'version') process.stdout.write(`${VERSION_LINE}\n`);
  else if (command === 'healthcheck') checkHealth();
  else void serve();
}

/** For a container's HEALTHCHECK. It must not fail over a setting that the watchdog itself has refused. */
function checkHealth(): void {
  if (new LockFile(environment['TMPDIR'] || '/tmp').isPresent) return;
  process.stderr.write('unable to find lock file.\n');
  process.exitCode = 1;
}

async function serve(): Promise<void> {
  const settings = readSettingsOrExit();
  const reportDrop = (lines: number): string =>
    formatLine(
      settings.logFormat,
      `${lines} log lines were dropped: the reader of the log is too slow`,
      'warn',
    );
  const output = {
    stdout: new LogSink(process.stdout, reportDrop),
    stderr: new LogSink(process.stderr, reportDrop),
  };
  const logger = await createLogger(settings, output.stderr);
  let watchdog: Service | undefined;
  let isExiting = false;

  const exit = async (status: number, error?: string): Promise<void> => {
    if (isExiting) return;
    isExiting = true;
    watchdog?.kill();
    if (error !== undefined) logger.error(error);
    await Promise.all([output.stdout.drained(LOG_DEADLINE_MS), output.stderr.drained(LOG_DEADLINE_MS)]);
    exitProcess(status);
  };
  const fail = (thrown: unknown): void => {
    const status = thrown instanceof StartError ? thrown.exitStatus : 1;
    void exit(status, `Error: ${messageOf(thrown)}`);
  };
  process.removeAllListeners('warning'); // Node's own listener prints, whatever the format of the log
  process.on('warning', (warning) => logger.info(`Warning: ${messageOf(warning)}`));
  const uncaught: Uncaught = { take: () => false };
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (thrown) => uncaught.take(thrown, event) || fail(thrown));
  }

  let isStopping = false;
  const onSignal = (signal: keyof typeof SIGNALS): void => {
    if (workerOrder !== undefined) return; // its supervisor tells it
    if (isStopping || !watchdog) return void exit(watchdog ? 128 + SIGNALS[signal] : 0);
    isStopping = true;
    watchdog.stop?.(signal).then(() => exit(0), fail);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);

  const script = process.argv[1] ?? '';
  const context = {
    settings,
    logger,
    announce: (line: string): void => logger.info(line),
    onListening: tellPort,
    output,
    environment,
    uncaught,
    script,
    dropPrivileges: () => becomeUser(settings, logger),
  };
  if (workerOrder === undefined) logger.info(VERSION_LINE);
  try {
    watchdog = await startService(context, (status) => void exit(status));
    const isOurs = settings.mode !== 'inproc'; // where the heap is the function's
    if (isOurs) await holdHeapSmall();
    await holdSpentBodies(settings.workers, isOurs ? 'whole' : 'young');
    await watchdog.functionEnded();
    await exit(1);
  } catch (thrown) {
    fail(thrown);
  }
}

/** What this process does, from its start to its end. */
interface Service {
  functionEnded(): Promise<string>;
  stop?(reason: string): Promise<void>;
  kill(): void;
}

/** The watchdog itself; with `workers` its supervisor, or one of its workers. */
async function startService(context: RunnerContext, exit: (status: number) => void): Promise<Service> {
  if (workerOrder !== undefined) {
    const { WorkerService } = await import('./workers/worker-service.ts');
    return WorkerService.start(context, workerOrder, exit);
  }
  if (context.settings.workers < 2) return Watchdog.start(context);
  const { Supervisor } = await import('./workers/supervisor.ts');
  return Supervisor.start(context);
}

/** A failure to tell is a parent that has gone, which the end of the channel says too. */
function tellPort(port: number): void {
  const message: ListeningMessage = { type: 'listening', port };
  process.send?.(message, undefined, undefined, () => undefined);
}

/** What the function finds as its HOME is the user's too. */
function becomeUser({ runAs }: Settings, logger: Logger): void {
  const dropped = dropPrivileges(runAs, environment['HOME']);
  if (!dropped) return;
  logger.info(dropped.line);
  if (dropped.home === undefined) return;
  environment['HOME'] = dropped.home;
  process.env['HOME'] = dropped.home; // of a function in this process
}

async function createLogger({ logFormat, logCallId }: Settings, sink: LogSink): Promise<Logger> {
  if (logFormat === 'text') return createTextLogger(sink, logCallId);
  const { createJsonLogger } = await import('./log/json-logger.ts');
  return createJsonLogger(sink, logCallId);
}

function readWorkerOrder(): WorkerOrder | undefined {
  const order = process.env[WORKER_VARIABLE];
  return order === undefined ? undefined : (JSON.parse(order) as WorkerOrder);
}

function readSettingsOrExit(): Settings {
  try {
    return readSettings(environment);
  } catch (thrown) {
    const format = environment['log_format'] === 'json' ? 'json' : 'text';
    process.stderr.write(formatLine(format, `Error: ${messageOf(thrown)}`, 'error'));
    process.exit(thrown instanceof StartError ? thrown.exitStatus : 1);
  }
}

main();
