import type { Chance } from './chance.ts';

/** Bytes that matter to a parser, and some that should not. */
const BYTES = '\r\n\t \0\x01\x0b\x7f\x80\xe9\xff:;,"()<>@\\/[]?={}+-_.0159aAfFgGxX';

type Mutation = (text: string, chance: Chance) => string;

/** The changes to a message that a faulty or hostile program may make. */
const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  (text, chance) => changeOne(text, '\r\n', '\n', chance),
  (text) => text.replaceAll('\r\n', '\n'),
  (text, chance) => changeOne(text, '\r\n', '\r', chance),
  (text, chance) => changeOne(text, '\r\n', '\r\r\n', chance),
  (text, chance) => changeOne(text, '\r\n', '\n\r', chance),
  (text, chance) =>
    changeOne(text, '\r\n', chance.pick(['\r\n ', '\r\n\t', '\r\n\r\n', '\n ', ' \r\n', '\0\r\n']), chance),
  (text, chance) => changeOne(text, ':', chance.pick([' :', '\t:', '', '::', ' ', '\0:', ':\0']), chance),
  (text, chance) => changeOne(text, ' ', chance.pick(['  ', '\t', '', '\x0b', '\xa0']), chance),
  repeatLine,
  (text, chance) => spliced(text, chance.below(text.length), 1, ''),
  (text, chance) => spliced(text, chance.below(text.length), 0, anyByte(chance)),
  (text, chance) => spliced(text, chance.below(text.length), 1, anyByte(chance)),
  (text, chance) => text.slice(0, chance.below(text.length)),
];

/** Leaves most messages as they are, and changes others at one place or a few. */
export function mutate(text: string, chance: Chance): string {
  let mutated = text;
  while (chance.onceIn(4)) mutated = chance.pick(MUTATIONS)(mutated, chance);
  return mutated;
}

function anyByte(chance: Chance): string {
  return BYTES[chance.below(BYTES.length)] ?? '';
}

function changeOne(text: string, from: string, to: string, chance: Chance): string {
  const start = text.indexOf(from, chance.below(text.length));
  return start === -1 ? text : spliced(text, start, from.length, to);
}

function repeatLine(text: string, chance: Chance): string {
  const lines = text.split('\r\n');
  const line = lines[chance.below(lines.length)] ?? '';
  return lines.toSpliced(chance.below(lines.length), 0, line).join('\r\n');
}

function spliced(text: string, at: number, count: number, by: string): string {
  return text.slice(0, at) + by + text.slice(at + count);
}
