import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fixture } from './command.ts';
import { makeFolder } from './folder.ts';
import type { Owner } from './owner.ts';
import { startWatchdog, type StartOptions, type Variables, type Watchdog } from './watchdog.ts';

/** The settings of inproc mode with test/fixtures/inproc/ways.cjs, whose request paths pick what happens. */
export function inprocFunction(variables: Variables = {}): Variables {
  return { mode: 'inproc', handler_path: fixture('inproc/ways.cjs'), ...variables };
}

/** A watchdog with test/fixtures/inproc/ways.cjs in it. */
export function startInproc(owner: Owner, variables?: Variables, options?: StartOptions): Promise<Watchdog> {
  return startWatchdog(owner, inprocFunction(variables), options);
}

/**
 * Writes the files of a function into a folder of its own.
 * @param files texts by name
 * @returns the folder
 */
export function writeFunction(owner: Owner, files: Readonly<Record<string, string>>): string {
  const folder = makeFolder(owner);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}
