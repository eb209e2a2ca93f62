import { closeSync, constants, openSync, readFileSync, realpathSync, unlinkSync, writeSync } from 'node:fs';
import { constants as system } from 'node:os';
import path from 'node:path';
import { messageOf } from '../../../common/errors.ts';
import { INTERFACE_VERSION, type NativeAddon } from './addon.ts';

/** Set by the build to the addons in base64, by CPU. */
declare const FWATCHDOG_ADDONS: Readonly<Record<string, string>> | undefined;

/** Where a file can be put whose code may be run, as a rule; what is mounted `noexec` is passed over. */
const FOLDERS = ['/tmp', '/var/tmp', '/dev/shm', '/run'];

export interface AddonPlaces {
  /** The path of the script that runs: an addon `fwatchdog.node` beside it, or Node, goes before the one within it. */
  readonly script: string;
  readonly temporaryFolder: string;
}

let loaded: NativeAddon | undefined;

/** The addon, where it was loaded before. */
export function loadedAddon(): NativeAddon | undefined {
  return loaded;
}

/**
 * Loads the native addon, once.
 * @throws Error where there is none for this system, or no place to load it from
 */
export function loadAddon(places: AddonPlaces): NativeAddon {
  loaded ??= fromBeside(places.script) ?? fromWithin(places);
  return loaded;
}

/** The executable that has both in it was called by whatever name; a script has its whole path as its name. */
function fromBeside(script: string): NativeAddon | undefined {
  for (const program of path.isAbsolute(script) ? [script, process.execPath] : [process.execPath]) {
    try {
      return open(path.join(path.dirname(realpathSync(program)), 'fwatchdog.node'));
    } catch {
      // as a rule it is not there
    }
  }
  return undefined;
}

function fromWithin(places: AddonPlaces): NativeAddon {
  const bytes = builtIn(places.script);
  let why = '';
  for (const folder of new Set([places.temporaryFolder, ...FOLDERS])) {
    try {
      return openFrom(folder, bytes);
    } catch (thrown) {
      why ||= messageOf(thrown);
    }
  }
  throw new Error(`the native addon cannot be loaded: ${why}`);
}

function builtIn(script: string): Buffer {
  const name = `${process.platform}-${process.arch}`;
  if (typeof FWATCHDOG_ADDONS === 'undefined') {
    return readFileSync(path.join(path.dirname(script), 'process', 'native', `${name}.node`)); // from the sources
  }
  const text = FWATCHDOG_ADDONS[name];
  if (text === undefined) throw new Error(`there is no native addon for ${name}`);
  return Buffer.from(text, 'base64');
}

/**
 * Only a file can be loaded. This one is made anew (a link, or a file of somebody else's, fails), has its name for no
 * longer than it takes to be opened, and is loaded by its descriptor: at no moment does a name decide what is run.
 */
function openFrom(folder: string, bytes: Buffer): NativeAddon {
  const name = path.join(folder, `.fwatchdog-${process.pid}-${Math.random().toString(36).slice(2)}`);
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | constants.O_NOFOLLOW;
  const file = openSync(name, flags, 0o600);
  try {
    unlinkSync(name);
    writeSync(file, bytes);
    return open(`/proc/self/fd/${file}`);
  } finally {
    closeSync(file);
  }
}

function open(file: string): NativeAddon {
  const module = { exports: {} };
  process.dlopen(module, file, system.dlopen.RTLD_NOW); // now: a symbol that the host lacks fails here, not later
  const addon = module.exports as NativeAddon;
  if (addon.version !== INTERFACE_VERSION) throw new Error('the native addon is of another version');
  return addon;
}
