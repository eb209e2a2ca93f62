import { emitKeypressEvents, type Key } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import {
  cursorHide,
  cursorShow,
  cursorTo,
  enterAlternativeScreen,
  eraseDown,
  eraseEndLine,
  exitAlternativeScreen,
} from 'ansi-escapes';

/** DECAWM, off and on: without it, a line that is wider than counted is cut at the margin and does not wrap. */
const WRAP_OFF = '\u001B[?7l';
const WRAP_ON = '\u001B[?7h';

export interface ScreenEvents {
  /** A key, by its name as node:readline gives it; `ctrl-c` is one of them. */
  readonly onKey: (key: string) => void;
  /** The screen has to be drawn again. */
  readonly onRedraw: () => void;
  /** The terminal is gone. */
  readonly onGone: () => void;
}

/** Takes the whole terminal, until `close` restores it. */
export class Screen {
  readonly #output: WriteStream;
  readonly #input: ReadStream | undefined;
  readonly #events: ScreenEvents;
  readonly #takeKey = (_text: string | undefined, key: Key): void => {
    const name = key.name ?? key.sequence ?? '';
    this.#events.onKey(key.ctrl === true ? `ctrl-${name}` : name);
  };

  /** @param input gives the keys; without a terminal there are none */
  constructor(output: WriteStream, input: ReadStream, events: ScreenEvents) {
    this.#output = output;
    this.#input = input.isTTY ? input : undefined;
    this.#events = events;
    output.write(enterAlternativeScreen + cursorHide + WRAP_OFF);
    output.on('resize', events.onRedraw);
    output.on('drain', events.onRedraw);
    if (!this.#input) return;
    emitKeypressEvents(this.#input);
    this.#input.setRawMode(true);
    this.#input.on('keypress', this.#takeKey);
    this.#input.on('end', events.onGone);
    this.#input.resume();
  }

  get size(): { readonly rows: number; readonly columns: number } {
    const { rows, columns } = this.#output;
    return { rows: rows || 24, columns: columns || 80 };
  }

  /** Shows lines from the top. While a slow terminal still takes the lines before, it waits. */
  draw(lines: readonly string[]): void {
    if (this.#output.writableNeedDrain) return;
    const text = lines.map((line) => line + eraseEndLine).join('\n');
    this.#output.write(cursorTo(0, 0) + text + eraseDown);
  }

  close(): void {
    this.#output.off('resize', this.#events.onRedraw);
    this.#output.off('drain', this.#events.onRedraw);
    this.#input?.off('keypress', this.#takeKey);
    this.#input?.off('end', this.#events.onGone);
    this.#input?.setRawMode(false);
    this.#input?.pause();
    this.#output.write(WRAP_ON + cursorShow + exitAlternativeScreen);
  }
}
