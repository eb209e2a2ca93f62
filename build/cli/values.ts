import { InvalidArgumentError } from 'commander';
import { TAG_FORMATS, type TagFormat } from '../stack/tag-formats.ts';

/** Parsers of the values of flags. Commander puts the flag's name before the text of an error that they throw. */

/**
 * Collects KEY=VALUE. Where a key is given twice, its last value counts.
 * @param joined a key that gets all its values instead, with blanks between them
 */
export function collectPairs(joined?: string): PairCollector {
  return (text, earlier = {}) => {
    const mark = text.indexOf('=');
    const key = text.slice(0, mark).trim();
    const value = text.slice(mark + 1).trim();
    if (mark === -1 || !key || !value) throw new InvalidArgumentError('It must take the form KEY=VALUE.');
    const before = key === joined ? earlier[key] : undefined;
    return { ...earlier, [key]: before ? `${before} ${value}` : value };
  };
}

type Pairs = Readonly<Record<string, string>>;
type PairCollector = (text: string, earlier?: Pairs) => Pairs;

/** Collects environment variables: the value is all behind the first `=`, and may be empty. */
export function collectVariables(text: string, earlier: Pairs = {}): Pairs {
  const mark = text.indexOf('=');
  if (mark < 1) throw new InvalidArgumentError('It must take the form KEY=VALUE.');
  return { ...earlier, [text.slice(0, mark).trim()]: text.slice(mark + 1) };
}

export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It must be a number greater than 0.');
  return Number(text);
}

/** Reads a port. 0 stands for any free port. */
export function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new InvalidArgumentError('It must be a port number, 0 to 65535.');
  }
  return Number(text);
}

/** Reads a format of tags in any case. `default` and the empty text mean latest, as in faas-cli. */
export function parseTagFormat(text: string): TagFormat {
  const wanted = text.toLowerCase().replace(/^(?:default)?$/, 'latest');
  const format = TAG_FORMATS.find((name) => name === wanted);
  if (format) return format;
  throw new InvalidArgumentError(`Allowed choices are ${TAG_FORMATS.join(', ')}.`);
}

/** Reads the address of a gateway. It comes without a slash at its end, as paths are put behind it. */
export function parseGatewayUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:8080.');
  if (url.username || url.password)
    throw new InvalidArgumentError('It must be without user and password: "faas-cli login" keeps them.');
  return (url.origin + url.pathname).replace(/\/+$/, '');
}
