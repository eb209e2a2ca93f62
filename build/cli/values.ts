import { InvalidArgumentError } from 'commander';
import { TAG_FORMATS, type TagFormat } from '../stack/tag-formats.ts';

/** Parsers of option values; what they throw, commander puts the option's name before. */

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
