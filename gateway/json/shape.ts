/**
 * A value has another type than expected. The message names its place, such as `limits.memory`, and the expected type.
 */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/**
 * The expected type of a JSON value. `null` and missing values are read as `zero`, as clients in Go leave empty values
 * out.
 */
export interface Shape<T> {
  readonly zero: T;
  /**
   * @param value neither null nor undefined
   * @param at the place of the value, for the error; '' for the whole document
   * @throws ShapeError
   */
  read(value: unknown, at: string): T;
}

export const text: Shape<string> = {
  zero: '',
  read(value, at) {
    if (typeof value !== 'string') throw wrong(value, at, 'a text');
    return value.replaceAll(/\p{Surrogate}/gu, '\ufffd'); // replaces half surrogate pairs, as Go's decoder does
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

/** A whole number from 0; undefined where it is missing, as that means something else than 0. */
export const count: Shape<number | undefined> = {
  zero: undefined,
  read(value, at) {
    if (typeof value !== 'number') throw wrong(value, at, 'a whole number');
    if (!Number.isSafeInteger(value) || value < 0) throw wrong(value, at, 'a whole number from 0');
    return value;
  },
};

/** Bytes in base64 (RFC 4648, section 4, with padding); undefined where they are missing. */
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
 * An object with these fields, by the rules of Go's decoder: upper and lower case do not matter, the last of several
 * equal names counts unless it is null, and unknown fields are ignored.
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
        if (name !== undefined && shape && one !== null) result[name] = readAs(shape, one, member(at, name));
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
 * Makes names comparable without regard to case. The step to upper case makes the long s an S and the Kelvin sign a K,
 * as in Go.
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
  return new ShapeError(`${place(at)} must be ${expected}, but is ${described(value)}`);
}

/** @returns the place of a value for an error. It is cut off, as names that the caller chose may have any length. */
function place(at: string): string {
  return at === '' ? 'the body' : at.slice(0, 200);
}

/** Describes a value by its type. Texts are never repeated, as they may be secrets. */
function described(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return 'a text';
  return typeof value === 'boolean' ? String(value) : 'an object';
}
