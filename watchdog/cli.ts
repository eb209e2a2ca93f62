import { parseArgs } from 'node:util';
import { messageOf } from '../common/errors.ts';

/** The actions that the command line can ask for. */
export type Command = 'serve' | 'version' | 'healthcheck' | 'help';

/**
 * Reads the command line. As with Go's flag package one dash is as good as two, and words that are no flags are
 * ignored.
 * @throws Error with one line that names the flag
 */
export function readCommand(argv: readonly string[]): Command {
  const args = argv.map((arg) => (/^-[a-z]{2,}/i.test(arg) ? `-${arg}` : arg));
  try {
    const { values } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        version: { type: 'boolean' },
        'run-healthcheck': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) return 'help';
    if (values.version) return 'version';
    return values['run-healthcheck'] ? 'healthcheck' : 'serve';
  } catch (thrown) {
    throw new Error(`${messageOf(thrown).split('. ')[0]}; see fwatchdog --help`, { cause: thrown });
  }
}

/** The text of `--help`. */
export function helpText(settings: string): string {
  return `fwatchdog: the entrypoint of a function's container. It listens on port 8080 and makes a process an HTTP function.

Usage:
  fwatchdog                     serve the function that the environment describes
  fwatchdog --run-healthcheck   exit with 0 where the lock-file is there, else with 1
  fwatchdog --version           print the version
  fwatchdog --help              print this

For example:
  mode=streaming fprocess=cat fwatchdog
  mode=http fprocess="node server.js" upstream_url=http://127.0.0.1:3000 fwatchdog

Environment variables; times are Go durations (1m30s, 500ms) or whole seconds:
${settings}
`;
}
