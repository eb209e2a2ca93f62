import type { Writable } from 'node:stream';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** An output stream that knows whether it is a terminal. Only a terminal gets colour and lines that change. */
export interface Output {
  readonly stream: Writable;
  /** Whether lines may be rewritten in place. */
  readonly live: boolean;
  readonly line: (text?: string) => void;
  readonly paint: (style: Style, text: string) => string;
}

/**
 * Makes an output.
 * @param stream stdout or stderr
 * @param terminal whether the stream is a terminal
 * @param env the environment: NO_COLOR and TERM=dumb turn colour off, FORCE_COLOR turns it on (https://no-color.org)
 */
export function createOutput(
  stream: Writable,
  terminal: boolean,
  env: Readonly<Record<string, string | undefined>>,
): Output {
  const capable = terminal && env.TERM !== 'dumb';
  const coloured = env.NO_COLOR ? false : isForced(env.FORCE_COLOR) || capable;
  return {
    stream,
    live: capable,
    line: (text = '') => {
      stream.write(`${text}\n`);
    },
    paint: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
  };
}

function isForced(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
