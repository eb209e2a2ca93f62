import type { Logger } from '../../log/logger.ts';
import type { Settings } from '../../settings/table.ts';
import type { JwtAuth } from './jwt-auth.ts';

/**
 * Makes the check of tokens where it is wanted. jose is loaded only then.
 * @param announce takes the lines of the start
 * @throws StartError AUTHORITY_UNAVAILABLE
 */
export async function loadAuth(
  settings: Settings,
  logger: Logger,
  announce: (line: string) => void,
): Promise<JwtAuth | undefined> {
  if (!settings.jwtAuth) return undefined;
  const { JwtAuth } = await import('./jwt-auth.ts');
  return JwtAuth.create(settings, logger, announce);
}
