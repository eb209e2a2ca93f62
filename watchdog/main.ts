import { helpText, readCommand, type Command } from './cli.ts';
import { StartError, messageOf } from './errors.ts';
import { createLogger, formatLine } from './log/logger.ts';
import { LogSink } from './log/sink.ts';
import { LockFile } from './server/lock-file.ts';
import { Watchdog } from './server/watchdog.ts';
import { settingsAsText } from './settings/document.ts';
import { readSettings } from './settings/read.ts';
import type { Settings } from './settings/table.ts';
import { VERSION_LINE } from './version.ts';

/** Milliseconds that a slow reader of the log may hold up the exit. */
const LOG_DEADLINE_MS = 1000;

const SIGNALS = { SIGTERM: 15, SIGINT: 2 } as const;

const environment = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
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
  if (command === 'help') process.stdout.write(helpText(settingsAsText()));
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
  const logger = createLogger(output.stderr, { format: settings.logFormat, withCallId: settings.logCallId });
  let watchdog: Watchdog | undefined;
  let isExiting = false;

  const exit = async (status: number, error?: string): Promise<void> => {
    if (isExiting) return;
    isExiting = true;
    watchdog?.kill();
    if (error !== undefined) logger.error(error);
    await Promise.all([output.stdout.drained(LOG_DEADLINE_MS), output.stderr.drained(LOG_DEADLINE_MS)]);
    process.exit(status);
  };
  const fail = (thrown: unknown): void => {
    const status = thrown instanceof StartError ? thrown.exitStatus : 1;
    void exit(status, `Error: ${messageOf(thrown)}`);
  };
  process.removeAllListeners('warning'); // Node's own listener prints, whatever the format of the log
  process.on('warning', (warning) => logger.info(`Warning: ${messageOf(warning)}`));
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);

  let isStopping = false;
  const onSignal = (signal: keyof typeof SIGNALS): void => {
    if (isStopping || !watchdog) return void exit(watchdog ? 128 + SIGNALS[signal] : 0);
    isStopping = true;
    watchdog.stop(signal).then(() => exit(0), fail);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);

  logger.info(VERSION_LINE);
  try {
    watchdog = await Watchdog.start({
      settings,
      logger,
      output,
      environment,
      script: process.argv[1] ?? '',
    });
    await watchdog.functionEnded();
    await exit(1);
  } catch (thrown) {
    fail(thrown);
  }
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
