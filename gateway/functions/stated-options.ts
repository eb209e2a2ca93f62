/**
 * Options of one kind that a function's labels or annotations state. One that cannot be read is ignored with a warning,
 * and not refused, as OpenFaaS does not refuse it.
 */
export class StatedOptions {
  /** A line for each option that has no effect. */
  readonly warnings: string[] = [];
  readonly #kind: 'label' | 'annotation';
  readonly #stated: Readonly<Record<string, string>>;
  readonly #prefix: string;

  /** @param prefix the beginning of the names of all these options */
  constructor(kind: 'label' | 'annotation', stated: Readonly<Record<string, string>>, prefix: string) {
    this.#kind = kind;
    this.#stated = stated;
    this.#prefix = prefix;
  }

  /**
   * @param option its name after the prefix
   * @param parse returns undefined for a text that cannot be read
   * @param expected the form of readable texts, for the warning
   * @returns the option's value; `fallback` where it is missing, empty or cannot be read
   */
  read<T>(option: string, fallback: T, parse: (text: string) => T | undefined, expected: string): T {
    const name = this.#prefix + option;
    const text = this.#stated[name];
    if (text === undefined || text === '') return fallback;
    const value = parse(text);
    if (value !== undefined) return value;
    this.warnings.push(
      `the ${this.#kind} ${name}=${JSON.stringify(text)} has no effect: expected ${expected}`,
    );
    return fallback;
  }
}
