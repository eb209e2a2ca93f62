import { closeSync, constants, openSync, readFileSync, realpathSync, unlinkSync, writeSync } from 'node:fs';
import { constants as system } from 'node:os';
import path from 'node:path';
import { messageOf } from '../../../common/errors.ts';
import { INTERFACE_VERSION, type NativeAddon } from './addon.ts';

/** The addons in base64, by system and CPU. The build puts them here. */
declare const FWATCHDOG_ADDONS: Readonly<Record<string, string>> | undefined;

/** Folders in which a file's code may usually be executed. Those that are mounted `noexec` are skipped. */
const FOLDERS = ['/tmp', '/var/tmp', '/dev/shm', '/run'];

export interface AddonPlaces {
  /**
   * The path of the script that runs. An addon `fwatchdog.node` beside the script, or beside Node, is preferred to the
   * one within it.
   */
  readonly script: string;
  readonly temporaryFolder: string;
}

let loaded: NativeAddon | undefined;

/** The addon, where it is loaded already. */
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

/**
 * Looks beside the script and beside Node. The single executable can be called by any name; a script has a whole path.
 */
function fromBeside(script: string): NativeAddon | undefined {
  for (const program of path.isAbsolute(script) ? [script, process.execPath] : [process.execPath]) {
    try {
      return open(path.join(path.dirname(realpathSync(program)), 'fwatchdog.node'));
    } catch {
      // usually it is not there
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
    return readFileSync(path.join(path.dirname(script), 'process', 'native', `${name}.node`)); // when it runs from the sources
  }
  const text = FWATCHDOG_ADDONS[name];
  if (text === undefined) throw new Error(`there is no native addon for ${name}`);
  return Buffer.from(text, 'base64');
}

/**
 * Loads the addon from a file, as there is no other way. The file is always a new one (a link, or somebody else's file,
 * fails), has its name only until it is opened, and is loaded by its descriptor: a name never decides what code runs.
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
  process.dlopen(module, file, system.dlopen.RTLD_NOW); // now, so that a symbol that the host lacks fails here and not later
  const addon = module.exports as NativeAddon;
  if (addon.version !== INTERFACE_VERSION) throw new Error('the native addon is of another version');
  return addon;
}
