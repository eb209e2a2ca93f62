import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import { Prefixes } from '../terminal/colours.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { FunctionFailed } from './function-failed.ts';

/** The addresses of a function that is ready. */
interface ReadyFunction {
  /** The URL at its own port. */
  readonly url: string;
  /** Its URL behind the gateway. */
  readonly gatewayUrl: string;
  readonly debuggerAddress: string | undefined;
  /** The mode of the watchdog, and the reason for it. */
  readonly mode: string;
}

/** A line that an instance of a function wrote. */
interface TellableLine {
  readonly from: 'function' | 'watchdog';
  readonly text: string;
  /** Whether a developer has no need of it. */
  readonly isQuiet?: boolean;
}

/** Tells a person or a script of the events of running functions. */
export interface Reporter {
  /** The gateway runs, and functions can be called there. */
  readonly gateway: (url: string) => void;
  readonly ready: (name: string, ready: ReadyFunction) => void;
  readonly line: (name: string, line: TellableLine) => void;
  readonly reloaded: (name: string, milliseconds: number) => void;
  /** A function was not built or did not start. The old code goes on, where there is any. */
  readonly failed: (name: string, error: unknown) => void;
  readonly note: (name: string, text: string) => void;
}

/**
 * Makes a reporter for a person: it puts a function's name before each line, each function in its own colour.
 * @param showsGateway whether a function's URL behind the gateway is told too
 * @param write prints a line as a result
 */
export function humanReporter(
  { out }: Terminal,
  names: readonly string[],
  showsGateway: boolean,
  write: (line: string) => void,
): Reporter {
  const prefixes = new Prefixes(out, names);
  const prefixed = (name: string, text: string): void => write(prefixes.line(name, text));
  return {
    gateway: () => undefined, // runFunctions tells it when all are ready
    ready: (name, { url, gatewayUrl, debuggerAddress, mode }) => {
      const behind = showsGateway ? `  ${gatewayUrl}` : '';
      const debug = debuggerAddress ? `  debugger ${debuggerAddress}` : '';
      prefixed(name, `${out.paint('bold', url)}${behind}${debug}  ${out.paint('dim', mode)}`);
    },
    line: (name, { from, text, isQuiet }) => {
      if (!isQuiet) prefixed(name, from === 'function' ? text : out.paint('dim', text));
    },
    reloaded: (name, milliseconds) => {
      prefixed(name, out.paint('green', `reloaded in ${(milliseconds / 1000).toFixed(2)} s`));
    },
    failed: (name, error) => {
      const output =
        error instanceof KitError && !(error instanceof FunctionFailed) ? error.output.trimEnd() : '';
      for (const text of output ? output.split('\n') : []) prefixed(name, text);
      prefixed(name, out.paint('red', messageOf(error)));
    },
    note: (name, text) => prefixed(name, out.paint('dim', text)),
  };
}

/** Makes a reporter for a script: each event is a JSON object on its own line. */
export function jsonReporter({ out }: Terminal): Reporter {
  const tell = (event: string, name: string, fields: object): void => {
    out.line(JSON.stringify({ event, function: name, ...fields }));
  };
  return {
    gateway: (url) => out.line(JSON.stringify({ event: 'gateway', url })),
    ready: (name, { url, gatewayUrl, debuggerAddress, mode }) =>
      tell('ready', name, { url, gateway: gatewayUrl, debugger: debuggerAddress, mode }),
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
