import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { InstanceLine } from './watchdog-lines.ts';

/** What happens to the functions that run, told to a person or a script. */
export interface Reporter {
  /** @param mode of the watchdog, and why it is that */
  readonly ready: (name: string, url: string, debuggerAddress: string | undefined, mode: string) => void;
  readonly line: (name: string, line: InstanceLine) => void;
  readonly reloaded: (name: string, milliseconds: number) => void;
  /** The old code goes on, where there is any. */
  readonly failed: (name: string, error: unknown) => void;
  readonly note: (name: string, text: string) => void;
}

const COLOURS = ['cyan', 'yellow', 'magenta', 'green', 'blue', 'red'] as const;

/**
 * Lines behind the function's name, each function in its own colour.
 * @param write puts a line where results go
 */
export function humanReporter(
  { out }: Host,
  names: readonly string[],
  write: (line: string) => void,
): Reporter {
  const width = Math.max(...names.map((name) => name.length));
  const prefixed = (name: string, text: string): void => {
    const colour = COLOURS[names.indexOf(name) % COLOURS.length] ?? 'cyan';
    write(`${out.paint(colour, `${name.padEnd(width)} |`)} ${text}`);
  };
  return {
    ready: (name, url, debuggerAddress, mode) => {
      const debug = debuggerAddress ? `  debugger ${debuggerAddress}` : '';
      prefixed(name, `${out.paint('bold', url)}${debug}  ${out.paint('dim', mode)}`);
    },
    line: (name, line) => {
      if (line.from === 'function') prefixed(name, line.text);
      // Of the watchdog's own lines a developer reads the requests and what went wrong.
      else if (line.access || line.level !== 'info') prefixed(name, out.paint('dim', line.text));
    },
    reloaded: (name, milliseconds) => {
      prefixed(name, out.paint('green', `reloaded in ${(milliseconds / 1000).toFixed(2)} s`));
    },
    failed: (name, error) => {
      const output = error instanceof KitError && !wasShown(error) ? error.output.trimEnd() : '';
      for (const text of output ? output.split('\n') : []) prefixed(name, text);
      prefixed(name, out.paint('red', messageOf(error)));
    },
    note: (name, text) => prefixed(name, out.paint('dim', text)),
  };
}

/** What a function wrote before it failed to start was shown line by line. */
export function wasShown(error: KitError): boolean {
  return error.code === 'START_FAILED';
}

/** A JSON object a line. */
export function jsonReporter({ out }: Host): Reporter {
  const tell = (event: string, name: string, fields: object): void => {
    out.line(JSON.stringify({ event, function: name, ...fields }));
  };
  return {
    ready: (name, url, debuggerAddress, mode) =>
      tell('ready', name, { url, debugger: debuggerAddress, mode }),
    line: (name, { from, text }) => tell('log', name, { from, text }),
    reloaded: (name, milliseconds) => tell('reloaded', name, { milliseconds: Math.round(milliseconds) }),
    failed: (name, error) => {
      tell('failed', name, {
        error: messageOf(error),
        ...(error instanceof KitError && { code: error.code, output: error.output }),
      });
    },
    note: (name, text) => tell('note', name, { text }),
  };
}
