/** A piece of text that a terminal would show in one style. The classes are those of style/logs.css. */
export interface Stretch {
  readonly text: string;
  readonly classes: string;
}

/**
 * A control sequence of a terminal (ECMA-48). Colours are shown; the page drops those that move, hide or set titles.
 */
// oxlint-disable-next-line no-control-regex
const SEQUENCE = /\u001B(?:\[([0-9;:]*)([@-~])|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-_])/g;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F\u0080-\u009F\u202A-\u202E\u2066-\u2069]/g;

/** Splits a line of a log where its style changes. HTML in it stays text. */
export function readAnsi(text: string): Stretch[] {
  const stretches: Stretch[] = [];
  let state: readonly string[] = [];
  let from = 0;
  const push = (to: number): void => {
    const plain = text.slice(from, to).replaceAll(CONTROL, '');
    if (plain !== '') stretches.push({ text: plain, classes: state.join(' ') });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    push(match.index);
    from = match.index + match[0].length;
    if (match[2] === 'm') state = after(state, (match[1] ?? '').split(/[;:]/).map(Number));
  }
  push(text.length);
  return stretches;
}

/** @returns the text without control sequences and other control characters */
export function withoutAnsi(text: string): string {
  return text.replaceAll(SEQUENCE, '').replaceAll(CONTROL, '');
}

function after(state: readonly string[], codes: readonly number[]): readonly string[] {
  let next = [...state];
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 0) next = [];
    else if (code === 1) next = [...next, 'a-bold'];
    else if (code === 2) next = [...next, 'a-dim'];
    else if (code === 3) next = [...next, 'a-italic'];
    else if (code === 4) next = [...next, 'a-underline'];
    else if (code === 22) next = next.filter((one) => one !== 'a-bold' && one !== 'a-dim');
    else if (code === 38 || code === 48)
      at += codes[at + 1] === 5 ? 2 : 4; // one of 256 colours or more: not shown
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97))
      next = [...withoutColour(next), `a-${code % 10}`];
    else if (code === 39) next = withoutColour(next);
  }
  return next;
}

function withoutColour(state: readonly string[]): string[] {
  return state.filter((one) => !/^a-\d$/.test(one));
}
