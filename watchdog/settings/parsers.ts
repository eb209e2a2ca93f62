import { isIP } from 'node:net';
import type { UpstreamAddress } from '../../common/http/upstream/upstream-address.ts';
import type { Parser } from '../../common/settings/parsers.ts';

/** The path of a request. */
export const requestPath: Parser<string> = {
  expects: 'a path that begins with /',
  parse: (text) => (text.startsWith('/') ? text : undefined),
  print: (value) => value,
};

export const upstreamAddress: Parser<UpstreamAddress> = {
  expects: 'http://HOST:PORT, https://HOST:PORT or unix:/PATH.sock',
  parse(text) {
    const socket = /^unix:(?:\/\/)?(\/.+)$/.exec(text)?.[1];
    if (socket !== undefined)
      return {
        text,
        origin: 'http://localhost',
        host: 'localhost',
        port: 80,
        socketPath: socket,
        basePath: '',
      };
    if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
    const url = new URL(text);
    const standardPort = url.protocol === 'https:' ? 443 : 80;
    return {
      text,
      origin: url.origin,
      host: url.hostname.replaceAll(/[[\]]/g, ''),
      port: url.port === '' ? standardPort : Number(url.port),
      basePath: url.pathname.replace(/\/+$/, ''),
    };
  },
  print: (address) => address.text,
};

/** A number of bytes from 1, or -1 for no limit. */
export const lineLength: Parser<number> = {
  expects: 'a number of bytes from 1, or -1 for no limit',
  parse(text) {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    return value === -1 || (value >= 1 && value <= 2 ** 30) ? value : undefined;
  },
  print: String,
};

/** A user, and a group where one was named, each a name or a number. */
export interface Account {
  /** The setting's text, for log lines. */
  readonly text: string;
  readonly user: string;
  readonly group?: string;
}

export const account: Parser<Account> = {
  expects: 'USER or USER:GROUP, each a name or a number',
  parse(text) {
    const [user, group, ...more] = text.split(':');
    const words = group === undefined ? [user] : [user, group];
    if (more.length > 0 || !words.every((word) => word !== undefined && isAccountName(word)))
      return undefined;
    return { text, user: user ?? '', ...(group !== undefined && { group }) };
  },
  print: (value) => value.text,
};

/** Whether a process can be this user or group. The last two numbers of 32 bits have another meaning. */
function isAccountName(word: string): boolean {
  return /^\d+$/.test(word) ? Number(word) < 2 ** 32 - 2 : /^[^\s:/]+$/.test(word);
}

export const ipAddress: Parser<string> = {
  expects: 'an IP address such as 127.0.0.1',
  parse: (text) => (isIP(text) === 0 ? undefined : text),
  print: (value) => value,
};
