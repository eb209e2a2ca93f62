import { InvalidArgumentError, Option, type Command } from 'commander';
import type { GatewayChoice } from '../gateway-client/running-gateway.ts';
import { TAG_FORMATS, type TagFormat } from '../stack/tag-formats.ts';

/** Parsers of option values; what they throw, commander puts the option's name before. */

/** Collects an option that may stand several times. */
export function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

/** Collects KEY=VALUE. A key that is given twice has its last value, but for what `joined` names. */
export function collectPairs(joined?: string) {
  return (text: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => {
    const mark = text.indexOf('=');
    const key = text.slice(0, mark).trim();
    const value = text.slice(mark + 1).trim();
    if (mark === -1 || !key || !value) throw new InvalidArgumentError('It must take the form KEY=VALUE.');
    const before = key === joined ? earlier[key] : undefined;
    return { ...earlier, [key]: before ? `${before} ${value}` : value };
  };
}

export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It must be a number greater than 0.');
  return Number(text);
}

/** A port; 0 asks for any that is free. */
export function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new InvalidArgumentError('It must be a port number, 0 to 65535.');
  }
  return Number(text);
}

/** A format of tags in any case; `default` and nothing are latest, as for faas-cli. */
export function parseTagFormat(text: string): TagFormat {
  const wanted = text.toLowerCase().replace(/^(?:default)?$/, 'latest');
  const format = TAG_FORMATS.find((name) => name === wanted);
  if (format) return format;
  throw new InvalidArgumentError(`Allowed choices are ${TAG_FORMATS.join(', ')}.`);
}

/** The address of a gateway, as other addresses are put together from it: without a slash at its end. */
function parseGatewayUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:8080.');
  if (url.username || url.password)
    throw new InvalidArgumentError('It must be without user and password: "faas-cli login" keeps them.');
  return (url.origin + url.pathname).replace(/\/+$/, '');
}

/** The option of commands that are about a gateway of this machine. */
export function withState(command: Command): Command {
  return command.option(
    '--state-dir <folder>',
    'of the gateway (default: $OFKIT_STATE, else build/.ofkit/state)',
  );
}

/** What options of `withGateway` are read to. */
export interface GatewayFlags {
  readonly stateDir?: string;
  readonly gateway?: string;
}

/** The options of commands that ask a gateway which runs. */
export function withGateway(command: Command): Command {
  return withState(command).addOption(
    new Option('-g, --gateway <url>', 'another gateway, with the login that faas-cli keeps for it')
      .argParser(parseGatewayUrl)
      .conflicts('stateDir'),
  );
}

export function gatewayChoice({ stateDir, gateway }: GatewayFlags): GatewayChoice {
  return { stateFolder: stateDir, url: gateway };
}
