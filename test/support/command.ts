import { existsSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/**
 * The watchdog under test: WATCHDOG (words separated by spaces, files relative to the root), otherwise the bundle.
 */
export const WATCHDOG_COMMAND: readonly string[] = (process.env['WATCHDOG'] ?? 'node dist/fwatchdog.js')
  .split(' ')
  .filter((word) => word !== '')
  .map((word) => {
    if (word === 'node') return process.execPath;
    const file = path.resolve(ROOT, word);
    return existsSync(file) ? file : word;
  });

/** Joins words to one command line for `fprocess`, each quoted as a shell needs it. */
export function commandLine(...words: string[]): string {
  return words
    .map((word) => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
    .join(' ');
}

/** The path of a child behaviour in test/fixtures. */
export function fixture(name: string): string {
  return path.join(ROOT, 'test/fixtures', name);
}

/** The command line of a child behaviour: run by node or by sh, according to its name. */
export function behaviour(name: string, ...args: string[]): string {
  const interpreter = name.endsWith('.sh') ? '/bin/sh' : process.execPath;
  return commandLine(interpreter, fixture(name), ...args);
}

/** A process for http mode that does nothing, for tests that play the function's server themselves. */
export const IDLE = 'sleep 3600';
