import { findFreePort } from '../sample/port.ts';

/** A server to measure. */
export interface Subject {
  readonly name: string;
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
  /** The path below which the function is served: '' or `/function/NAME`. */
  readonly base: string;
  /** Below that, the path that answers 200 once requests can be sent. */
  readonly readyPath: string;
}

/** @param portSetting tells it where to listen: on a free port of its own */
export async function subjectOf(
  name: string,
  words: readonly string[],
  portSetting: string,
  { environment, ...rest }: Partial<Subject> = {},
): Promise<Subject> {
  const port = await findFreePort();
  const told = { ...environment, [portSetting]: `${port}` };
  return { base: '', readyPath: '', ...rest, name, words, port, environment: told };
}

/** @param path below that of the function */
export function urlOf({ port, base }: Subject, path = ''): string {
  return `http://127.0.0.1:${port}${base}/${path}`;
}
