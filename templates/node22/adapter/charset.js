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

// Quoted values are taken whole, as they may hold what looks like another parameter. Others end at a comma too, behind
// which a proxy may have put a second content type.
const PARAMETERS = /;\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^\s;,]*)/g;
const QUOTING = /^["'\s]+|["'\s]+$|\\/g;

// Names that the Encoding Standard lacks, by which Windows, Java and Python know charsets of it.
const OTHER_NAMES = new Map([
  ['latin9', 'iso-8859-15'],
  ['cp932', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['cp950', 'big5'],
]);
const CODE_PAGE = /^(?:cp|win|windows|ms)(?=125\d$|874$)/;

const CHARSET_FIELD = /(?:^|&)_charset_=([^&]+)/;

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
  const decoder = decoderOf(label);
  if (decoder === undefined) throw charsetNotSupported(label);
  if (decoder.encoding === 'utf-8') return UTF8;
  if (decoder.encoding === 'windows-1252') return WINDOWS_1252;
  if (!decoder.encoding.startsWith('utf-16'))
    return { decode: (bytes) => decoder.decode(bytes), isUnicode: false };
  return { decode: (bytes) => decodeUtf16(bytes, label, decoder), isUnicode: true };
}

/**
 * The charset of a form. A browser names it never in the content type, but in a hidden field `_charset_`, where the page has
 * one. What the field says counts only where the content type says nothing, and where it is known.
 *
 * @param {string} type content type
 * @param {Buffer} bytes
 * @returns {Charset}
 * @throws {import('./errors.js').RequestError} 415, the content type names one that is unknown
 */
export function charsetOfForm(type, bytes) {
  const charset = charsetOf(type);
  if (charset !== UTF8 || labelOf(type) !== '' || !bytes.includes('_charset_=')) return charset;
  const label = CHARSET_FIELD.exec(bytes.toString('latin1'))?.[1] ?? '';
  const decoder = decoderOf(label.toLowerCase());
  const named = decoder === undefined ? charset : charsetOf(`;charset=${decoder.encoding}`);
  return named.isUnicode ? charset : named;
}

/**
 * A byte order mark tells the order of the bytes, whatever the label says. Where utf-16 has none, a text that begins with a
 * zero byte begins with the higher byte of an ASCII character, as JSON and forms do.
 *
 * @param {Buffer} bytes
 * @param {string} label
 * @param {TextDecoder} decoder
 */
function decodeUtf16(bytes, label, decoder) {
  const first = bytes.length < 2 ? -1 : bytes.readUInt16BE(0);
  if (first === 0xfffe) return new TextDecoder('utf-16le').decode(bytes);
  const isBigEndian = first === 0xfeff || (label === 'utf-16' && first > 0 && first < 0x80);
  return isBigEndian ? new TextDecoder('utf-16be').decode(bytes) : decoder.decode(bytes);
}

/**
 * The charset as the content type writes it, without quotes and in lower case; '' where it names none.
 *
 * @param {string} type content type
 */
function labelOf(type) {
  if (!type.includes(';')) return '';
  for (const [, name = '', value = ''] of type.matchAll(PARAMETERS)) {
    if (name.toLowerCase() === 'charset') return value.replaceAll(QUOTING, '').toLowerCase();
  }
  return '';
}

/**
 * The decoder of a charset by any of its names: those of the Encoding Standard, with other hyphens (`latin-1`, `utf_8`,
 * `euc_jp`), or of other systems (`cp932`, `win-1251`).
 *
 * @param {string} label
 */
function decoderOf(label) {
  const name = label.replaceAll(/[-_]/g, '');
  const known = decoderFor(label) ?? decoderFor(label.replaceAll('_', '-')) ?? decoderFor(name);
  return known ?? decoderFor(OTHER_NAMES.get(name) ?? name.replace(CODE_PAGE, 'windows-'));
}

/** @param {string} label */
function decoderFor(label) {
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}
