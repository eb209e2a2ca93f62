import { FILE_VERBS, type CommandAction } from './command-action.ts';
import { packageCommand } from './package-commands.ts';
import { ASSIGNMENT, assignmentsOf, SHELL, shellWords } from './words.ts';

/** A command of a RUN that was read. */
export interface ReadCommand {
  readonly action: CommandAction;
  /** The variables that the command sets for itself (`NAME=value command`). */
  readonly variables: Readonly<Record<string, string>>;
}

/** Commands that concern the image alone, or make no file of the function. */
const OF_THE_IMAGE =
  /^(?:chown|chgrp|add(?:group|user)|group(?:add|mod)|user(?:add|mod)|set|ulimit|echo|printf|sha256sum|corepack|rmdir|ls|pwd|whoami|id|cat|which|env|date|sleep|update-ca-certificates|ldconfig|grep|wait|command|type|hash)$/;
/** Calls of a distribution's package manager that are not missed: this machine has these packages, or a list is updated. */
const OF_THE_DISTRIBUTION =
  /^(?:apk\s+(?:update|upgrade|del|cache)\b.*|apk\s.*\badd(?:\s+-\S+)*\s*(?:\s(?:curl|ca-certificates|tini|dumb-init|nodejs(?:-npm|-current)?|npm|yarn))*|apt(?:-get)?\s.*\b(?:update|upgrade|clean|autoremove)\b.*)$/;

/** A command that only tells a version. */
const VERSION = /^(?:\S+ --version|(?:node|tsc) -v)$/;

/** Reads a simple command from a text for a shell, or from its words. */
export function readCommand(command: string | readonly string[]): ReadCommand {
  const text = typeof command === 'string' ? command : command.join(' ');
  const written = typeof command === 'string' ? shellWords(withoutOutput(command)) : command;
  const start = startOf(written);
  return { action: actionOf(written.slice(start), text), variables: assignmentsOf(written.slice(0, start)) };
}

/** Programs that start the command behind them. The value is the number of words that they take before it. */
const STARTERS = new Map([
  ['env', 0],
  ['exec', 0],
  ['command', 0],
  ['time', 0],
  ['nice', 0],
  ['nohup', 0],
  ['sudo', 0],
  ['gosu', 1],
  ['su-exec', 1],
]);
/** Flags of theirs whose value is the next word. */
const STARTER_VALUE = /^-[nug]$/;

/** Finds the program of a command behind its variables, and behind programs that only start another. */
function startOf(words: readonly string[]): number {
  let at = 0;
  for (;;) {
    while (ASSIGNMENT.test(words[at] ?? '')) at += 1;
    if (at === words.length) return 0; // assignments alone are a command of their own
    const own = STARTERS.get(words[at] ?? '');
    let next = at + 1;
    while (words[next]?.startsWith('-')) next += STARTER_VALUE.test(words[next] ?? '') ? 2 : 1;
    // `command -v npm` and `env` alone start nothing
    const isAsking = words[at] === 'command' && next > at + 1;
    next += own ?? 0;
    if (own === undefined || isAsking || next >= words.length) return at;
    at = next;
  }
}

/** Removes redirections that make no file. */
function withoutOutput(text: string): string {
  return text.replaceAll(/\s*(?:[12&]?>>?\s*(?:\/dev\/null|&\d))/g, '');
}

function actionOf(words: readonly string[], text: string): CommandAction {
  const [program = '', ...rest] = words;
  const plain = rest.filter((word) => !word.startsWith('-'));
  if (text.includes('fwatchdog') || VERSION.test(words.join(' '))) return { kind: 'nothing' };
  const shellText =
    (SHELL.test(program) || program === 'su') && /^-\w*c$/.test(rest.at(-2) ?? '') ? rest.at(-1) : undefined;
  if (shellText !== undefined) return { kind: 'line', line: shellText };
  if (program === '[' || program === '[[' || program === 'test')
    return /\$\(|`/.test(text) ? { kind: 'unfollowed' } : { kind: 'test' };
  if (/[|>]/.test(text) && isRedirected(text)) return { kind: 'unfollowed' };
  if (program === 'cd') return { kind: 'folder', path: plain[0] ?? '/' };
  if (program === 'exit' && (rest[0] ?? '0') === '0') return { kind: 'nothing' };
  if (program === 'true' || program === ':' || program === 'false') return { kind: 'test' };
  if (program === 'export' || ASSIGNMENT.test(program))
    return /\$\(|`/.test(text)
      ? { kind: 'unfollowed' }
      : { kind: 'variables', variables: assignmentsOf(words) };
  if (program === 'npm' || program === 'yarn' || program === 'pnpm') return packageCommand(words);
  if (program === 'npx' || program === 'pnpx') return { kind: 'tool', folder: '.', words: afterFlags(rest) };
  const verb = FILE_VERBS.find((one) => one === program);
  if (verb) return { kind: 'files', verb, paths: plain };
  if (OF_THE_IMAGE.test(program) || OF_THE_DISTRIBUTION.test(words.join(' '))) return { kind: 'nothing' };
  const isFile = program.includes('/') && !program.includes('node_modules/.bin/');
  return isFile ? { kind: 'unfollowed' } : { kind: 'tool', folder: '.', words };
}

/** Whether a command writes a file or feeds a second command. A file of the system is not missed here. */
function isRedirected(text: string): boolean {
  const bare = withoutOutput(text).replaceAll(/'[^']*'|"[^"]*"/g, '');
  return /[|>]/.test(bare) && !/>>?\s*\/(?:etc|root|usr|var|proc|tmp)\//.test(bare) && !/^grep\b/.test(bare);
}

/** Gives the words behind the flags of npx. */
function afterFlags(words: readonly string[]): string[] {
  let at = 0;
  while (words[at]?.startsWith('-')) at += /^(?:-p|--package|-c)$/.test(words[at] ?? '') ? 2 : 1;
  return words.slice(at);
}
