import { charsetNotSupported } from './errors.js';

/**
 * How bytes become text. Where the charset is one of Unicode's, the escapes of a form (`%C3%A9`) are UTF-8; else they
 * are bytes of the charset, as browsers write them.
 *
 * @typedef {{ readonly decode: (bytes: Buffer) => string, readonly isUnicode: boolean }} Charset
 */

// The bytes 0x80 to 0x9f of windows-1252. Several releases of Node 20 to 24 have a TextDecoder that leaves them as they are.
const FROM_0X80 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const UNLIKE_LATIN1 = /[\u0080-\u009f]/g;

// Quoted values are taken whole, as they may hold what looks like another parameter.
const PARAMETERS = /;\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^\s;]*)/g;
const QUOTES = /^["'\s]+|["'\s]+$/g;

/** @type {Charset} */
const UTF8 = {
  // 0xef begins a byte order mark, which toString would keep
  decode: (bytes) => (bytes[0] === 0xef ? new TextDecoder().decode(bytes) : bytes.toString('utf8')),
  isUnicode: true,
};

/** @type {Charset} */
const WINDOWS_1252 = {
  decode: (bytes) =>
    bytes
      .toString('latin1')
      .replace(UNLIKE_LATIN1, (character) => FROM_0X80[character.charCodeAt(0) - 0x80] ?? character),
  isUnicode: false,
};

/**
 * The charset that a content type names, in any of the names that the Encoding Standard has for it, in any case and with
 * quotes or without; UTF-8 where it names none. ISO-8859-1 and US-ASCII are windows-1252 there.
 *
 * @param {string} type content type
 * @returns {Charset}
 * @throws {import('./errors.js').RequestError} 415, it is unknown
 */
export function charsetOf(type) {
  const label = labelOf(type);
  if (label === '' || label === 'utf-8') return UTF8;
  const decoder = decoderFor(label) ?? decoderFor(label.replaceAll(/[-_]/g, '')); // latin-1, utf_8
  if (decoder === undefined) throw charsetNotSupported(label);
  if (decoder.encoding === 'utf-8') return UTF8;
  if (decoder.encoding === 'windows-1252') return WINDOWS_1252;
  return { decode: (bytes) => decoder.decode(bytes), isUnicode: decoder.encoding.startsWith('utf-16') };
}

/**
 * The charset as the content type writes it, without quotes and in lower case; '' where it names none.
 *
 * @param {string} type content type
 */
function labelOf(type) {
  if (!type.includes(';')) return '';
  for (const [, name = '', value = ''] of type.matchAll(PARAMETERS)) {
    if (name.toLowerCase() === 'charset') return value.replaceAll(QUOTES, '').toLowerCase();
  }
  return '';
}

/** @param {string} label */
function decoderFor(label) {
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}
