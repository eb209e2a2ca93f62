import type { Output } from './output.ts';
import { printable } from './printable.ts';

const COLOURS = ['cyan', 'yellow', 'magenta', 'green', 'blue', 'red'] as const;

/** Puts a name before each line of several functions: as wide as the longest name, each in its own colour. */
export class Prefixes {
  readonly #out: Output;
  readonly #names: readonly string[];
  readonly #width: number;

  constructor(out: Output, names: readonly string[]) {
    this.#out = out;
    this.#names = names;
    this.#width = Math.max(0, ...names.map((name) => printable(name).length));
  }

  line(name: string, text: string): string {
    const colour = COLOURS[this.#names.indexOf(name) % COLOURS.length] ?? 'cyan';
    return `${this.#out.paint(colour, `${printable(name).padEnd(this.#width)} |`)} ${text}`;
  }
}
