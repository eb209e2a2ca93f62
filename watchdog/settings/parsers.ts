import { split } from 'shlex';
import { formatDuration, parseDuration } from '../../common/duration.ts';

/** How the text of a variable becomes a value. `expects` ends the sentence "… expected …" of an error. */
export interface Parser<T> {
  readonly expects: string;
  /** @returns the value, or undefined where the text cannot be read */
  parse(text: string): T | undefined;
  /** The value as the documentation writes it. */
  print(value: T): string;
}

/** What strconv.ParseBool of Go takes, which read these variables until now. */
const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

export const boolean: Parser<boolean> = {
  expects: 'true or false',
  parse(text) {
    if (TRUE.has(text)) return true;
    return FALSE.has(text) ? false : undefined;
  },
  print: String,
};

export const string: Parser<string> = {
  expects: 'a text',
  parse: (text) => text,
  print: (value) => value,
};

/** A whole number from `least` to `most`. */
export function integer(least: number, most: number, expects: string): Parser<number> {
  return {
    expects,
    parse(text) {
      const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
      return value >= least && value <= most ? value : undefined;
    },
    print: String,
  };
}

export const port = integer(0, 65_535, 'a port from 0 to 65535 (0 picks a free one)');

/** A span of time in milliseconds, `least` at least. */
export function duration(least: 'zero' | 'over zero'): Parser<number> {
  const over = least === 'over zero' ? ' over 0s' : '';
  return {
    expects: `a Go duration such as 30s, 1m30s or 500ms, or a whole number of seconds${over}`,
    parse(text) {
      const value = parseDuration(text);
      if (value === undefined || value < 0) return undefined;
      return value === 0 && least === 'over zero' ? undefined : value;
    },
    print: formatDuration,
  };
}

export function oneOf<const T extends string>(values: readonly T[]): Parser<T> {
  return {
    expects: `one of ${values.join(', ')}`,
    parse: (text) => values.find((value) => value === text),
    print: (value) => value,
  };
}

/** A command line, split as a shell splits it: quotes and backslashes count, variables and pipes do not. */
export const commandLine: Parser<readonly string[]> = {
  expects: 'a command with its quotes in pairs',
  parse(text) {
    try {
      const words = split(text);
      return words.length > 0 && words[0] !== '' ? words : undefined;
    } catch {
      return undefined;
    }
  },
  print: (words) => words.join(' '),
};

/** The path of a request. */
export const requestPath: Parser<string> = {
  expects: 'a path that begins with /',
  parse: (text) => (text.startsWith('/') ? text : undefined),
  print: (value) => value,
};

/** Where http mode forwards to. */
export interface UpstreamAddress {
  /** The setting's text, for log lines. */
  readonly text: string;
  readonly origin: string;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  /** The file of a Unix socket, where that is the address. */
  readonly socketPath?: string;
  /** Goes in front of every request's path; '' most of the time. */
  readonly basePath: string;
}

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

/** A number has to be one that a process can be: the last two of 32 bits mean something else. */
function isAccountName(word: string): boolean {
  return /^\d+$/.test(word) ? Number(word) < 2 ** 32 - 2 : /^[^\s:/]+$/.test(word);
}
