import { ensurePassword, passwordFileIn, readCredentials, resetPassword } from '../auth/password-file.ts';
import type { Settings } from '../settings/table.ts';
import { StartError } from '../start-error.ts';

/**
 * `of-gateway password`: tells where the password is, and makes one if there is none.
 * @param isReset whether to replace it by a new one
 * @returns the line to print; the password itself is only in its file
 * @throws StartError
 */
export async function passwordCommand(
  { secretMountPath, stateDir }: Settings,
  isReset: boolean,
): Promise<string> {
  const file = passwordFileIn(secretMountPath);
  if (secretMountPath !== stateDir && isReset) {
    throw new StartError(`${file} is not the gateway's own (secret_mount_path): change it where it is made`);
  }
  if (isReset) {
    await resetPassword(stateDir);
    return `A new password is in ${file}: faas-cli login --password-stdin < ${file}`;
  }
  if (secretMountPath === stateDir) await ensurePassword(stateDir);
  const credentials = await readCredentials(secretMountPath);
  if (!credentials) throw new StartError(`there is no password in ${file}: write one into it`);
  return `User ${credentials.user}, password in ${file}: faas-cli login --password-stdin < ${file}`;
}
