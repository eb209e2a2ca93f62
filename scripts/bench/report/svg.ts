/** The few parts of SVG that the charts need: transparent, with text that fits a light page and a dark one. */

const STYLE = `text{font:12px system-ui,sans-serif;fill:#3d444d}.title{font-weight:600;font-size:14px}.small{font-size:11px}
.rule{stroke:#8b949e;stroke-opacity:.35}.one{stroke:#8b949e;stroke-dasharray:4 3}.range{stroke:#8b949e;stroke-width:1.5}
@media(prefers-color-scheme:dark){text{fill:#c9d1d9}}`;

/** A grey for the first contender, and colours for the others that can be told apart on light and on dark. */
const COLOURS = [
  '#8b949e',
  '#3b8eea',
  '#e8830c',
  '#2aa876',
  '#c75bb0',
  '#d6524f',
  '#1aa3b5',
  '#a98b12',
  '#7c6ee6',
];

/** The colour of the contender at this place in its group. */
export function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#8b949e';
}

function escape(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export type Attributes = Readonly<Record<string, string | number>>;

/** Numbers are rounded to tenths of a pixel. */
export function element(name: string, attributes: Attributes, content?: string): string {
  const words = Object.entries(attributes).map(([key, value]) => {
    const text = typeof value === 'number' ? `${Math.round(value * 10) / 10}` : escape(value);
    return ` ${key}="${text}"`;
  });
  return `<${name}${words.join('')}${content === undefined ? '/>' : `>${content}</${name}>`}`;
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escape(content));
}

export function line(from: readonly [number, number], to: readonly [number, number], kind: string): string {
  return element('line', { x1: from[0], y1: from[1], x2: to[0], y2: to[1], class: kind });
}

/** @returns a whole file */
export function document(width: number, height: number, title: string, parts: readonly string[]): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: 'img',
    'aria-label': title,
  };
  const head = text(0, 16, title, { class: 'title' });
  const content = [element('style', {}, STYLE), element('title', {}, escape(title)), head, ...parts];
  return `${element('svg', attributes, `\n${content.join('\n')}\n`)}\n`;
}
