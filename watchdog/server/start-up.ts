import { formatDuration } from '../../common/duration.ts';
import type { Logger } from '../log/logger.ts';
import type { Settings } from '../settings/table.ts';
import type { LockFile } from './lock-file.ts';

/** Logs the start-up lines, as of-watchdog prints them. */
export function tellStart(logger: Logger, settings: Settings, port: number): void {
  const command = (settings.functionProcess ?? []).join(' ');
  logger.info(`Watchdog mode: ${settings.mode}\tfprocess: ${JSON.stringify(command)}`);
  const [read, write, hard, health] = [
    settings.readTimeout,
    settings.writeTimeout,
    settings.execTimeout,
    settings.healthcheckInterval,
  ].map(formatDuration);
  logger.info(`Timeouts: read: ${read} write: ${write} hard: ${hard} health: ${health}`);
  if (settings.jwtAuth) logger.info('JWT Auth: true');
  logger.info(`Listening on port: ${port}`);
}

/**
 * @param lockFile undefined with suppress_lock
 * @throws StartError LOCK_FILE_UNWRITABLE
 */
export function writeLockFile(logger: Logger, lockFile: LockFile | undefined): void {
  if (lockFile) {
    logger.info(`Writing lock-file to: ${lockFile.path}`);
    lockFile.write();
    return;
  }
  logger.info(
    'Warning: "suppress_lock" is enabled. No automated health-checks will be in place for your function.',
  );
}

export function removeLockFile(logger: Logger, lockFile: LockFile | undefined): void {
  if (!lockFile) return;
  logger.info(`Removing lock-file : ${lockFile.path}`);
  const why = lockFile.remove();
  if (why !== undefined) logger.error(`Unable to mark server as unhealthy: ${why}`);
}
