import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { readAnsi } from '../parts/ansi.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { clockTime, dateTime } from '../parts/format.ts';
import { Icon } from '../parts/icons.tsx';
import { useTexts } from '../text/text.ts';
import type { FedLine } from './log-feed.ts';

const LINE_HEIGHT = 22;
/** Above and below all lines together. */
const PADDING = 16;
const SPARE = 10;
/** How many colours tell instances apart; more instances share them. */
const HUES = 6;

export interface LogLinesProps {
  readonly lines: readonly FedLine[];
  readonly isFollowing: boolean;
  readonly onFollowing: (isFollowing: boolean) => void;
}

/** Draws only the visible lines, however many there are. A line that is chosen opens in full below them. */
export function LogLines({ lines, isFollowing, onFollowing }: LogLinesProps): VNode {
  const t = useTexts();
  const box = useRef<HTMLDivElement>(null);
  const top = useRef(0);
  const [, redraw] = useState(0);
  const [height, setHeight] = useState(600);
  const [chosen, choose] = useState<FedLine | undefined>();
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const watching = new ResizeObserver(() => setHeight(element.clientHeight));
    watching.observe(element);
    return () => watching.disconnect();
  }, []);
  // the end is computed and not measured: to measure it, the browser would lay the page out with each piece of a flood
  const end = Math.max(0, lines.length * LINE_HEIGHT + PADDING - height);
  useLayoutEffect(() => {
    if (!isFollowing || !box.current) return;
    box.current.scrollTop = end;
    top.current = end;
  }, [end, isFollowing]);
  const onScroll = (): void => {
    const element = box.current;
    if (!element) return;
    const before = top.current;
    top.current = element.scrollTop;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < LINE_HEIGHT;
    if (isFollowing && !isAtEnd && element.scrollTop < before) onFollowing(false);
    else if (!isFollowing && isAtEnd) onFollowing(true);
    if (!isFollowing) redraw(top.current);
  };
  const shownTop = isFollowing ? end : top.current;
  const first = Math.max(0, Math.floor(shownTop / LINE_HEIGHT) - SPARE);
  const last = Math.min(lines.length, Math.ceil((shownTop + height) / LINE_HEIGHT) + SPARE);
  const hues = huesOf(lines.slice(first, last));
  return (
    <>
      <div
        ref={box}
        class={isFollowing ? 'log following' : 'log'}
        role="log"
        aria-live="off"
        aria-label={t.nav.logs}
        tabIndex={0}
        onScroll={onScroll}
      >
        <div class="log-inner" style={{ height: `${lines.length * LINE_HEIGHT}px` }}>
          <div style={{ transform: `translateY(${first * LINE_HEIGHT}px)` }}>
            {lines.slice(first, last).map((line) => (
              <div
                key={line.id}
                class={chosen?.id === line.id ? 'log-line chosen' : 'log-line'}
                onClick={() => {
                  onFollowing(false); // a line that the user reads must not scroll away
                  choose(chosen?.id === line.id ? undefined : line);
                }}
              >
                <time dateTime={line.timestamp}>{clockTime(line.timestamp)}</time>
                <span class={`log-instance hue-${hues.get(line.instance) ?? 0}`} title={line.instance}>
                  {line.instance.slice(-6)}
                </span>
                <button
                  type="button"
                  class="log-open"
                  aria-label={t.logs.open}
                  aria-expanded={chosen?.id === line.id}
                >
                  {looksLikeJson(line.plain) ? '{}' : '·'}
                </button>
                <span class="log-text">
                  {readAnsi(line.text).map(({ text, classes }, at) => (
                    <span key={at} class={classes}>
                      {text}
                    </span>
                  ))}
                </span>
              </div>
            ))}
          </div>
        </div>
      </div>
      {chosen && <OpenLine line={chosen} onClose={() => choose(undefined)} />}
    </>
  );
}

/** Shows one line in full. JSON is indented. */
function OpenLine({ line, onClose }: { readonly line: FedLine; readonly onClose: () => void }): VNode {
  const t = useTexts();
  const text = setOut(line.plain);
  return (
    <section class="card log-detail" aria-label={t.logs.open}>
      <header>
        <span class="faint">
          {dateTime(line.timestamp)} · {line.instance}
        </span>
        <span class="grow" />
        <CopyButton text={() => text} label={t.common.copy} />
        <button type="button" class="plain square" aria-label={t.common.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <pre tabIndex={0}>{text}</pre>
    </section>
  );
}

function looksLikeJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

function setOut(text: string): string {
  if (!looksLikeJson(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

/** @returns a colour for each instance, made from its name, so that an instance keeps its colour */
function huesOf(lines: readonly FedLine[]): ReadonlyMap<string, number> {
  const hues = new Map<string, number>();
  for (const { instance } of lines) {
    if (hues.has(instance)) continue;
    let sum = 0;
    for (const character of instance) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
    hues.set(instance, sum % HUES);
  }
  return hues;
}
