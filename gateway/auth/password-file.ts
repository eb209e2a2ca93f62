import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, systemCodeOf } from '../../common/errors.ts';
import { StartError } from '../start-error.ts';

const USER_FILE = 'basic-auth-user';
const PASSWORD_FILE = 'basic-auth-password';

/** The user where there is no file with another name. */
const DEFAULT_USER = 'admin';

/** How many random bytes a new password has. */
const PASSWORD_BYTES = 24;

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** @returns the path of the password's file in a folder */
export function passwordFileIn(folder: string): string {
  return path.join(folder, PASSWORD_FILE);
}

/**
 * Reads user and password from their files, without white space at their ends. Without a file for it, the user is
 * `admin`.
 * @returns undefined where there is no password
 * @throws StartError where the files cannot be read
 */
export async function readCredentials(folder: string): Promise<Credentials | undefined> {
  const password = await readIfThere(passwordFileIn(folder));
  if (password === undefined) return undefined;
  if (password === '') {
    throw new StartError(`${passwordFileIn(folder)} is empty: write a password into it, or remove it`);
  }
  const user = await readIfThere(path.join(folder, USER_FILE));
  return { user: user || DEFAULT_USER, password };
}

/**
 * Makes a password if there is none.
 * @returns whether it made one
 */
export async function ensurePassword(folder: string): Promise<boolean> {
  return writePassword(folder, async (draft, file) => {
    try {
      await link(draft, file); // fails if another start was faster
      return true;
    } catch (thrown) {
      if (systemCodeOf(thrown) === 'EEXIST') return false;
      throw thrown;
    } finally {
      await rm(draft, { force: true });
    }
  });
}

/** Replaces the password by a new one. A running gateway reads it within a second. */
export async function resetPassword(folder: string): Promise<void> {
  await writePassword(folder, async (draft, file) => {
    await rename(draft, file);
    return true;
  });
}

/** Writes a draft with a new password, which is whole and durable before `place` gives it its name. */
async function writePassword(
  folder: string,
  place: (draft: string, file: string) => Promise<boolean>,
): Promise<boolean> {
  const file = passwordFileIn(folder);
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${randomBytes(PASSWORD_BYTES).toString('hex')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return await place(draft, file);
  } catch (thrown) {
    throw new StartError(
      `cannot write ${file}: ${messageOf(thrown)}; set state_dir to a folder of your own`,
      {
        cause: thrown,
      },
    );
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'ENOENT') return undefined;
    throw new StartError(`cannot read ${file}: ${messageOf(thrown)}`, { cause: thrown });
  }
}
