/** Thrown for a value of another kind than expected: its place, such as `limits.memory`, and the expected kind. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/**
 * The expected kind of a JSON value. `null` and missing values read as `zero`, which is their meaning for clients in
 * Go, which leave empty values out.
 */
export interface Shape<T> {
  readonly zero: T;
  /**
   * @param value neither null nor undefined
   * @param at its place, for the error; '' for the whole document
   * @throws ShapeError
   */
  read(value: unknown, at: string): T;
}

export const text: Shape<string> = {
  zero: '',
  read(value, at) {
    if (typeof value !== 'string') throw wrong(value, at, 'a text');
    return value.replaceAll(/\p{Surrogate}/gu, '\ufffd'); // halves of a character, as Go's decoder does
  },
};

/** A text; undefined where there is none, so that no value and an empty one can be told apart. */
export const textIfAny: Shape<string | undefined> = { zero: undefined, read: text.read };

export const flag: Shape<boolean> = {
  zero: false,
  read(value, at) {
    if (typeof value !== 'boolean') throw wrong(value, at, 'true or false');
    return value;
  },
};

/** A whole number from 0; undefined where there is none, so that no value and 0 can be told apart. */
export const count: Shape<number | undefined> = {
  zero: undefined,
  read(value, at) {
    if (typeof value !== 'number') throw wrong(value, at, 'a whole number');
    if (!Number.isSafeInteger(value) || value < 0) throw wrong(value, at, 'a whole number from 0');
    return value;
  },
};

/** Bytes in base64 (RFC 4648, section 4, with its padding); undefined where there are none. */
export const bytes: Shape<Buffer | undefined> = {
  zero: undefined,
  read(value, at) {
    if (typeof value !== 'string') throw wrong(value, at, 'bytes in base64');
    const letters = value.replaceAll(/[\r\n]/g, '');
    if (letters.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(letters)) {
      throw new ShapeError(`${place(at)} is not base64 with its padding`);
    }
    return Buffer.from(letters, 'base64');
  },
};

export function listOf<T>(item: Shape<T>): Shape<readonly T[]> {
  return {
    zero: [],
    read(value, at) {
      if (!Array.isArray(value)) throw wrong(value, at, 'a list');
      return value.map((one: unknown, index) => readAs(item, one, `${at}[${index}]`));
    },
  };
}

export function mapOf<T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return {
    zero: {},
    read(value, at) {
      const entries = Object.entries(asObject(value, at));
      return Object.fromEntries(entries.map(([key, one]) => [key, readAs(item, one, member(at, key))]));
    },
  };
}

type Fields = Readonly<Record<string, Shape<unknown>>>;
type ValuesOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Shape<infer T> ? T : never };

/**
 * An object with these fields. Their case does not matter, the last of several counts, and unknown fields are ignored:
 * the rules of Go's decoder.
 */
export function object<F extends Fields>(fields: F): Shape<ValuesOf<F>> {
  const names = new Map(Object.keys(fields).map((name) => [folded(name), name]));
  const zero = Object.fromEntries(Object.entries(fields).map(([name, shape]) => [name, shape.zero]));
  return {
    zero: zero as ValuesOf<F>,
    read(value, at) {
      const result = { ...zero };
      for (const [key, one] of Object.entries(asObject(value, at))) {
        const name = names.get(folded(key));
        const shape = name === undefined ? undefined : fields[name];
        if (name !== undefined && shape) result[name] = readAs(shape, one, member(at, name));
      }
      return result as ValuesOf<F>;
    },
  };
}

/** Reads a value that may be null or missing. */
export function readAs<T>(shape: Shape<T>, value: unknown, at = ''): T {
  return value === null || value === undefined ? shape.zero : shape.read(value, at);
}

/**
 * Compares names without case. Upper case comes first, as Go also takes the long s and the kelvin sign for their
 * letters.
 */
function folded(name: string): string {
  return name.toUpperCase().toLowerCase();
}

function asObject(value: unknown, at: string): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(value, at, 'an object');
  return value;
}

function member(at: string, key: string): string {
  return at === '' ? key : `${at}.${key}`;
}

function wrong(value: unknown, at: string, expected: string): ShapeError {
  return new ShapeError(`${place(at)} has to be ${expected}, and is ${described(value)}`);
}

/** Names of fields of the caller's own (labels, variables) may be of any length. */
function place(at: string): string {
  return at === '' ? 'the body' : at.slice(0, 200);
}

/** Describes a value by its kind, or a number by itself; never by its text, which may be a secret. */
function described(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return 'a text';
  return typeof value === 'boolean' ? String(value) : 'an object';
}
