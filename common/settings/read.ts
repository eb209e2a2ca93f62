import type { AnySetting } from './setting.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Makes a program's error about a setting, from one line with the variable, its value and the expected format. */
export type Refuse = (message: string) => Error;

/**
 * Reads every setting of a table from the environment, in the order of the table. An empty variable counts as not set.
 * @returns the values by the keys of the table
 * @throws the error of `refuse`, for a value that cannot be read
 */
export function readTable(
  table: Readonly<Record<string, AnySetting>>,
  environment: Environment,
  refuse: Refuse,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, row] of Object.entries(table)) values[key] = readOne(row, environment, values, refuse);
  return values;
}

function readOne(row: AnySetting, environment: Environment, earlier: object, refuse: Refuse): unknown {
  for (const name of row.names) {
    const text = environment[name];
    if (text === undefined || text === '') continue;
    const value = row.parser.parse(text);
    if (value !== undefined) return value;
    throw refuse(`${name}=${JSON.stringify(text)} cannot be read: expected ${row.parser.expects}`);
  }
  return typeof row.fallback === 'function' ? row.fallback(earlier as never) : row.fallback;
}
