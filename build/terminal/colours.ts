import type { Output } from './output.ts';
import { printable } from './printable.ts';

const COLOURS = ['cyan', 'yellow', 'magenta', 'green', 'blue', 'red'] as const;

/** Puts a name before each line of several functions: as wide as the longest name, each in its own colour. */
export class Prefixes {
  readonly #out: Output;
  readonly #names: string[] = [];
  #width = 0;

  constructor(out: Output, names: readonly string[]) {
    this.#out = out;
    for (const name of names) this.#add(name);
  }

  #add(name: string): void {
    this.#names.push(name);
    this.#width = Math.max(this.#width, printable(name).length);
  }

  /** Puts the name before a line. A new name gets the next colour. */
  line(name: string, text: string): string {
    if (!this.#names.includes(name)) this.#add(name);
    const colour = COLOURS[this.#names.indexOf(name) % COLOURS.length] ?? 'cyan';
    return `${this.#out.paint(colour, `${printable(name).padEnd(this.#width)} |`)} ${text}`;
  }
}
