import type { CommandAction } from './command-action.ts';

/** Flags of npm, yarn and pnpm whose value is the next word. */
const WITH_VALUE =
  /^(?:--(?:prefix|cwd|dir|registry|loglevel|workspace|filter|cache|omit|include|cache-folder|network-timeout|mutex|userconfig)|-[CwF])$/;
const FOLDER_FLAG = /^(?:--(?:prefix|cwd|dir)|-C)$/;
const WORKSPACE_FLAG = /^(?:--(?:workspaces?|filter)|-(?:w|ws|F))$/;
const RECURSIVE_FLAG = /^(?:-r|--recursive)$/;

const INSTALL = /^(?:ci|clean-install|install-clean|i|in|ins|install|isntall|add)$/;
const TEST = /^(?:test|tst?|run-tests?)$/;
/** Commands that concern the package manager or its cache. The files of the function are the same without them. */
const WITHOUT_EFFECT =
  /^(?:prune|cache|store|config|set|get|audit|fund|version|ls|list|root|whoami|help|login|dedupe|env|fetch|--version|-v)$/;
/** Package managers. A RUN that installs them for the whole image is not followed: this machine has its own. */
const MANAGERS = /^(?:npm|yarn|pnpm|corepack|n)(?:@.*)?$/;

interface Call {
  readonly folder: string;
  readonly words: readonly string[];
  /** The words behind a `--`, which are for the script. */
  readonly rest: readonly string[];
  readonly flags: ReadonlySet<string>;
}

/** Reads a call of npm, yarn or pnpm. */
export function packageCommand([manager = '', ...words]: readonly string[]): CommandAction {
  const { folder, words: plain, rest, flags } = readCall(words);
  const [verb = '', ...more] = plain;
  // pnpm installs for all packages of a workspace anyway, and for the one package of a folder that is none.
  const isForMany = !INSTALL.test(verb) && [...flags].some((flag) => RECURSIVE_FLAG.test(flag));
  if (flags.has('--workspaces') || isForMany) return { kind: 'unfollowed' };
  if (verb === '') {
    const installs = manager === 'yarn' && ![...flags].some((flag) => WITHOUT_EFFECT.test(flag));
    return installs ? { kind: 'install', folder, packages: [], isGlobal: false } : { kind: 'nothing' };
  }
  if (verb === 'global' && manager === 'yarn') return globalInstall(more.slice(1));
  if (INSTALL.test(verb))
    return flags.has('-g') || flags.has('--global')
      ? globalInstall(more)
      : { kind: 'install', folder, packages: more, isGlobal: false };
  if (TEST.test(verb) || WITHOUT_EFFECT.test(verb)) return { kind: 'nothing' };
  if (/^(?:exec|x|dlx)$/.test(verb)) return { kind: 'tool', folder, words: [...more, ...rest] };
  const [script = '', ...args] = /^(?:run|run-script|rum|urn)$/.test(verb) ? more : plain;
  if (script === verb && manager === 'npm') return { kind: 'unfollowed' };
  if (script === '' || TEST.test(script)) return { kind: 'nothing' };
  return {
    kind: 'script',
    folder,
    script,
    args: [...args, ...rest],
    isOptional: flags.has('--if-present'),
    mayBeTool: script === verb,
  };
}

function globalInstall(given: readonly string[]): CommandAction {
  const packages = given.filter((name) => !MANAGERS.test(name));
  return packages.length === 0
    ? { kind: 'nothing' }
    : { kind: 'install', folder: '.', packages, isGlobal: true };
}

function readCall(given: readonly string[]): Call {
  const end = given.indexOf('--');
  const known = end === -1 ? given : given.slice(0, end);
  const words: string[] = [];
  const flags = new Set<string>();
  let folder = '.';
  for (let at = 0; at < known.length; at += 1) {
    const word = known[at] ?? '';
    if (!word.startsWith('-')) {
      words.push(word);
      continue;
    }
    const [flag = '', value] = word.split('=', 2);
    const next = value ?? (WITH_VALUE.test(flag) ? known[(at += 1)] : undefined);
    if (FOLDER_FLAG.test(flag)) folder = next ?? folder;
    flags.add(WORKSPACE_FLAG.test(flag) ? '--workspaces' : flag);
  }
  return { folder, words, flags, rest: end === -1 ? [] : given.slice(end + 1) };
}
