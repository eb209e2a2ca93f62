import type { Chance } from './chance.ts';
import { mutate } from './mutations.ts';
import * as words from './words.ts';

/** A message as bytes, in Latin-1. */
export interface Generated {
  readonly text: string;
  /** Of a response: whether it answers a HEAD. */
  readonly isForHead: boolean;
}

/** Makes a request, perhaps with bytes behind it. */
export function generateRequest(chance: Chance): Generated {
  const method = usually(words.METHODS, words.ODD_METHODS, chance);
  const target = usually(words.TARGETS, words.ODD_TARGETS, chance);
  const version = usually(words.VERSIONS, words.ODD_VERSIONS, chance);
  const lines = fieldLines(chance);
  if (!chance.onceIn(20))
    lines.unshift(chance.pick(['Host: x', 'Host:x', 'host: x:80', 'HOST: x', 'Host: x', 'Host:']));
  const body = framed(lines, chance, method === 'POST' || method === 'PUT' || chance.onceIn(8));
  const before = chance.onceIn(30) ? chance.pick(['\r\n', '\n', '\r\n\r\n', ' ', '\r']) : '';
  const text = `${before}${method} ${target} ${version}\r\n${lines.map(withBreak).join('')}\r\n${body}${behind(chance)}`;
  return { text: mutate(text, chance), isForHead: false };
}

/** Makes a response, perhaps with informational ones before it and bytes behind it. */
export function generateResponse(chance: Chance): Generated {
  const lines = fieldLines(chance);
  const body = framed(lines, chance, !chance.onceIn(6));
  const before = chance.onceIn(30)
    ? chance.pick(['\r\n', '\n', '\r\n\r\n', '\r', ' ', '\r\n'.repeat(40)])
    : '';
  let hints = '';
  while (chance.onceIn(12))
    hints += `HTTP/1.1 ${chance.pick(['100', '102', '103', '199'])} X\r\n${fieldLines(chance).map(withBreak).join('')}\r\n`;
  const line = `${usually(words.VERSIONS, words.ODD_VERSIONS, chance)} ${usually(words.STATUSES, words.ODD_STATUSES, chance)}${chance.pick(words.REASONS)}`;
  const text = `${before}${hints}${line}\r\n${lines.map(withBreak).join('')}\r\n${body}${behind(chance)}`;
  return { text: mutate(text, chance), isForHead: chance.onceIn(10) };
}

function usually(usual: words.List, odd: words.List, chance: Chance): string {
  return chance.pick(chance.onceIn(40) ? odd : usual);
}

function withBreak(line: string): string {
  return `${line}\r\n`;
}

function behind(chance: Chance): string {
  return chance.onceIn(5) ? chance.pick(words.BEHIND) : '';
}

function fieldLines(chance: Chance): string[] {
  const lines: string[] = [];
  const count = chance.onceIn(100) ? 40 : chance.below(5);
  for (let at = 0; at < count; at += 1) {
    const blank = chance.pick([' ', ' ', ' ', '', '  ', '\t']);
    lines.push(
      `${usually(words.NAMES, words.ODD_NAMES, chance)}:${blank}${usually(words.VALUES, words.ODD_VALUES, chance)}`,
    );
  }
  if (chance.onceIn(3))
    lines.push(`${chance.pick(['Connection', 'connection'])}: ${chance.pick(words.CONNECTIONS)}`);
  if (chance.onceIn(25)) lines.push(chance.pick(words.ODD_FRAMING));
  return lines;
}

/** Adds lines that say where the body ends. @returns a body, which fits these lines in most cases */
function framed(lines: string[], chance: Chance, hasBody: boolean): string {
  if (!hasBody) return '';
  const body = chance.pick(words.BODIES);
  const isChunked = chance.onceIn(3);
  const name = isChunked
    ? chance.pick(['Transfer-Encoding', 'transfer-encoding'])
    : chance.pick(['Content-Length', 'content-length', 'CONTENT-LENGTH']);
  const said = isChunked ? words.CODINGS : words.LENGTHS;
  const right = isChunked ? 'chunked' : String(body.length);
  const add = (): void =>
    void lines.splice(
      chance.below(lines.length + 1),
      0,
      `${name}: ${chance.onceIn(10) ? chance.pick(said) : right}`,
    );
  if (!chance.onceIn(12)) add();
  if (chance.onceIn(40)) add();
  if (chance.onceIn(40)) lines.push(isChunked ? 'Content-Length: 4' : 'Transfer-Encoding: chunked');
  if (!isChunked) return chance.onceIn(12) ? body.slice(1) : body;
  let chunks = '';
  for (let at = 0; at < body.length;) {
    const length = 1 + chance.below(body.length - at);
    chunks += chunk(body.slice(at, at + length), chance);
    at += length;
  }
  const last = chance.pick(['0', '0', '0', '00', '0;x']);
  return `${chunks}${last}\r\n${chance.onceIn(6) ? chance.pick(words.TRAILERS) : ''}\r\n`;
}

function chunk(data: string, chance: Chance): string {
  const hex = data.length.toString(16);
  const size = chance.onceIn(40)
    ? chance.pick(words.ODD_SIZES)
    : chance.pick([hex, hex.toUpperCase(), `0${hex}`]);
  const extension = chance.onceIn(12) ? chance.pick(words.EXTENSIONS) : '';
  return `${size}${extension}\r\n${data}${chance.onceIn(60) ? chance.pick(['', '\n', 'x\r\n', '\r']) : '\r\n'}`;
}
