import type { Parser } from '../../common/settings/parsers.ts';
import { readNatsAddress, type NatsAddress } from './nats-address.ts';
import type { UpstreamAddress } from '../../common/http/upstream/upstream-address.ts';
import { isDnsLabel } from '../functions/function-name.ts';

/** A list of words, separated by commas. */
export const words: Parser<readonly string[]> = {
  expects: 'words separated by commas',
  parse: (text) =>
    text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  print: (value) => value.join(','),
};

export const hostNames: Parser<readonly string[]> = {
  expects: 'host names separated by commas, without ports',
  parse(text) {
    const names = words.parse(text)?.map((name) => name.toLowerCase());
    return names?.every((name) => /^[a-z0-9._:[\]-]+$/.test(name)) === true ? names : undefined;
  },
  print: words.print,
};

export const origins: Parser<readonly string[]> = {
  expects: 'origins such as https://shop.example.com, separated by commas',
  parse(text) {
    const given = words.parse(text) ?? [];
    return given.every((one) => URL.canParse(one) && new URL(one).origin === one) ? given : undefined;
  },
  print: words.print,
};

/** A URL without a query. Plain HTTP is accepted only for this machine, as it could be read on the way elsewhere. */
export const issuer: Parser<string> = {
  expects: 'https://HOST[/PATH], or http:// of this machine',
  parse(text) {
    if (!URL.canParse(text)) return undefined;
    const { protocol, hostname, search, hash } = new URL(text);
    const isLocal = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
    if (search !== '' || hash !== '') return undefined;
    return protocol === 'https:' || (protocol === 'http:' && isLocal) ? text.replace(/\/$/, '') : undefined;
  },
  print: (value) => value,
};

export const publicUrl: Parser<string> = {
  expects: 'http://HOST[:PORT] or https://HOST[:PORT]',
  parse: (text) =>
    origins.parse(text.replace(/\/$/, ''))?.length === 1 ? text.replace(/\/$/, '') : undefined,
  print: (value) => value,
};

export const dnsLabel: Parser<string> = {
  expects: 'lower case letters and digits, and - between them, 63 at most',
  parse: (text) => (isDnsLabel(text) ? text : undefined),
  print: (value) => value,
};

export const providerAddress: Parser<UpstreamAddress> = {
  expects: 'http://HOST:PORT or https://HOST:PORT',
  parse(text) {
    if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
    const { protocol, origin, hostname, port, pathname } = new URL(text);
    const standardPort = protocol === 'https:' ? 443 : 80;
    return {
      text,
      origin,
      host: hostname.replaceAll(/[[\]]/g, ''),
      port: port === '' ? standardPort : Number(port),
      basePath: pathname.replace(/\/+$/, ''),
    };
  },
  print: (address) => address.text,
};

export const natsAddress: Parser<NatsAddress> = {
  expects: 'nats://HOST:4222 or tls://HOST:4222, or several separated by commas',
  parse: readNatsAddress,
  print: ({ text }) => text,
};

export const natsName: Parser<string> = {
  expects: 'letters, digits, - and _',
  parse: (text) => (/^[-\w]{1,64}$/.test(text) ? text : undefined),
  print: (value) => value,
};

/** Names of queues, and how many calls each may run at a time. */
export const queueLimits: Parser<ReadonlyMap<string, number>> = {
  expects: 'QUEUE=NUMBER separated by commas, such as slow=2,fast=200',
  parse(text) {
    const pairs = (words.parse(text) ?? []).map((word) => /^([-a-zA-Z_0-9.]+)=([1-9]\d{0,4})$/.exec(word));
    if (pairs.some((pair) => pair === null)) return undefined;
    return new Map(pairs.map((pair) => [pair?.[1] ?? '', Number(pair?.[2])]));
  },
  print: (value) => [...value].map(([name, most]) => `${name}=${most}`).join(','),
};

/** Names of profiles, and the engine's runtimes for them. */
export const runtimes: Parser<ReadonlyMap<string, string>> = {
  expects: 'PROFILE=RUNTIME separated by commas, such as gvisor=runsc',
  parse(text) {
    const pairs = (words.parse(text) ?? []).map((word) =>
      /^([-a-zA-Z_0-9.]+)=([-a-zA-Z_0-9./]+)$/.exec(word),
    );
    if (pairs.some((pair) => pair === null)) return undefined;
    return new Map(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
  },
  print: (value) => [...value].map(([name, runtime]) => `${name}=${runtime}`).join(','),
};
