import { helpText, readCommand, type Command } from './cli.ts';
import { messageOf } from '../common/errors.ts';
import type { ListeningMessage } from '../common/protocol.ts';
import { StartError } from './errors.ts';
import { createJsonLogger, createTextLogger, formatLine, type Logger } from './log/logger.ts';
import { LogSink } from './log/sink.ts';
import { dropPrivileges } from './process/privileges.ts';
import type { Mode } from './modes/mode.ts';
import { loadMode } from './modes/modes.ts';
import type { Uncaught } from './modes/runner.ts';
import { holdHeapSmall, holdSpentBodies } from './server/memory-bounds.ts';
import { HttpService } from './server/http-service.ts';
import { LockFile } from './server/lock-file.ts';
import type { Service, ServiceContext } from './server/service.ts';
import { Watchdog, type WatchdogContext } from './server/watchdog.ts';
import { watchdogSettingsAsText } from './settings/document.ts';
import { readSettings } from './settings/read.ts';
import type { Settings } from './settings/table.ts';
import { VERSION_LINE } from './version.ts';
import { WORKER_VARIABLE, type WorkerOrder } from './workers/messages.ts';

/** Milliseconds that a slow reader of the log may hold up the exit. */
const LOG_DEADLINE_MS = 1000;

const SIGNALS = { SIGTERM: 15, SIGINT: 2 } as const;

/** The process's own exit. In inproc mode `process.exit` ends the function instead. */
const exitProcess = process.exit.bind(process);

/** The orders of a supervisor, where one has started this process. The function must not see them. */
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

/** Answers a container's HEALTHCHECK. It must not fail because of a setting that the watchdog itself has refused. */
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
  let watchdog: Life | undefined;
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
    if (workerOrder !== undefined) return; // its supervisor tells it when to stop
    if (isStopping || !watchdog) return void exit(watchdog ? 128 + SIGNALS[signal] : 0);
    isStopping = true;
    watchdog.stop?.(signal).then(() => exit(0), fail);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);

  const start = async (mode: Mode): Promise<Life> => {
    mode.check(settings);
    if (workerOrder === undefined) logger.info(VERSION_LINE);
    return startLife(
      {
        settings,
        mode,
        logger,
        announce: (line) => logger.info(line),
        onListening: tellPort,
        output,
        environment,
        uncaught,
        script: process.argv[1] ?? '',
        dropPrivileges: () => becomeUser(settings, logger),
      },
      (status) => void exit(status),
    );
  };
  try {
    const mode = await loadMode(settings.mode);
    watchdog = await start(mode);
    if (!mode.runsInProcess) await holdHeapSmall(() => watchdog?.open ?? 0); // otherwise the heap is the function's
    await holdSpentBodies(settings.workers, mode.runsInProcess ? 'young' : 'whole');
    await watchdog.functionEnded();
    await exit(1);
  } catch (thrown) {
    fail(thrown);
  }
}

/** The life of this process, from its start to its end. */
interface Life {
  /** How many requests this process is serving now, upgraded connections apart. */
  readonly open: number;
  functionEnded(): Promise<string>;
  stop?(reason: string): Promise<void>;
  kill(): void;
}

/** Starts the watchdog itself, or one of its workers, whose life the supervisor leads. */
async function startLife(context: WatchdogContext, exit: (status: number) => void): Promise<Life> {
  if (workerOrder === undefined) return Watchdog.start(context, await createService(context));
  const { WorkerService } = await import('./workers/worker-service.ts');
  return WorkerService.start(context, workerOrder, exit);
}

async function createService(context: ServiceContext): Promise<Service> {
  if (context.settings.workers < 2) return HttpService.load(context);
  const { Supervisor } = await import('./workers/supervisor.ts');
  return new Supervisor(context);
}

/**
 * Tells the parent where the watchdog listens. It can fail only where the parent has gone, which the end of the channel
 * tells too.
 */
function tellPort(port: number): void {
  const message: ListeningMessage = { type: 'listening', port };
  process.send?.(message, undefined, undefined, () => undefined);
}

/** Changes the user of this process, and HOME with it, which the function sees. */
function becomeUser({ runAs }: Settings, logger: Logger): void {
  const dropped = dropPrivileges(runAs, environment['HOME']);
  if (!dropped) return;
  logger.info(dropped.line);
  if (dropped.home === undefined) return;
  environment['HOME'] = dropped.home;
  process.env['HOME'] = dropped.home; // for a function in this process
}

async function createLogger({ logFormat, logCallId }: Settings, sink: LogSink): Promise<Logger> {
  return logFormat === 'text' ? createTextLogger(sink, logCallId) : createJsonLogger(sink, logCallId);
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
