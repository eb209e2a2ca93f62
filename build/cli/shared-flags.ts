import { orElse, off, on, text, value, type Flag } from './flag.ts';
import { TAG_FORMATS, type TagFormat } from '../stack/tag-formats.ts';
import { collectPairs, collectVariables, parseGatewayUrl, parsePort, parseTagFormat } from './values.ts';

/** The flags that more than one command has. */

export const YAML = text('-f, --yaml <file>', 'stack file (default: stack.yaml, else stack.yml)');

/** The flags that choose among the functions of the stack file. */
export const SELECTION = {
  filter: text('--filter <wildcard>', 'only functions whose name matches, such as "*gif*"'),
  regex: text('--regex <regex>', 'only functions whose name matches'),
};

export const TAG: Flag<TagFormat> = orElse(
  value(
    '--tag <format>',
    `what the image's tag says: ${TAG_FORMATS.slice(0, -1).join(', ')} or ${TAG_FORMATS.at(-1) ?? ''}`,
    parseTagFormat,
  ),
  'latest',
  'latest',
);

export const ENVSUBST = off('--no-envsubst', 'leave ${NAME} in the stack file as it is');

export const STATE_FOLDER = text(
  '--state-dir <folder>',
  'of the gateway (default: $OFKIT_STATE, else build/.ofkit/state)',
);

/** The flags that choose the gateway which a command asks. */
export const GATEWAY = {
  stateFolder: STATE_FOLDER,
  url: value(
    '-g, --gateway <url>',
    'another gateway, with the login that faas-cli keeps for it',
    parseGatewayUrl,
  ),
};

export const NAMESPACE = text('-n, --namespace <namespace>', 'only functions in it (default: all)');

export const WATCHDOG = text(
  '--watchdog <file>',
  'fwatchdog.js to run under (default: $OFKIT_WATCHDOG, else the one beside ofkit)',
);

export const JSON_OUTPUT = on('--json', 'print JSON');

export const PORT = value(
  '-p, --port <port>',
  'first port (of the gateway with "up"), 0 for any (default: 8080, or the next that is free)',
  parsePort,
);

/** A flag with KEY=VALUE that may stand several times. */
export function pairs(flags: string, help: string, joined?: string): Flag<Readonly<Record<string, string>>> {
  return { flags, help: `${help}; may stand several times`, fallback: {}, parse: collectPairs(joined) };
}

/** A flag with an environment variable that may stand several times. */
export function variables(help: string): Flag<Readonly<Record<string, string>>> {
  return { ...pairs('-e, --env <key=value>', help), parse: collectVariables };
}

/** A flag with a text that may stand several times. */
export function texts(flags: string, help: string): Flag<readonly string[]> {
  return {
    flags,
    help: `${help}; may stand several times`,
    fallback: [],
    parse: (one, earlier = []) => [...earlier, one],
  };
}
