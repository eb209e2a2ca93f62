/** How many bytes at the start of a body decide its type. */
export const SNIFFED_BYTES = 512;

/** The beginnings of bodies (bytes as characters of Latin-1) and their types. The first that matches counts. */
const BEGINNINGS: readonly (readonly [string | RegExp, string])[] = [
  [
    /^[\t\n\f\r ]*<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[ >]/i,
    'text/html; charset=utf-8',
  ],
  [/^[\t\n\f\r ]*<\?xml/, 'text/xml; charset=utf-8'],
  ['%PDF-', 'application/pdf'],
  ['%!PS-Adobe-', 'application/postscript'],
  ['\xfe\xff', 'text/plain; charset=utf-16be'],
  ['\xff\xfe', 'text/plain; charset=utf-16le'],
  ['\xef\xbb\xbf', 'text/plain; charset=utf-8'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF.{4}WEBPVP/s, 'image/webp'],
  [/^BM.{4}\0{4}/s, 'image/bmp'], // the standard asks for the two letters alone, but a text may begin with them
  ['\0\0\x01\0', 'image/x-icon'],
  ['\0\0\x02\0', 'image/x-icon'],
  [/^FORM.{4}AIFF/s, 'audio/aiff'],
  // with the version after the three letters, as a text may begin with them
  ['ID3\x02', 'audio/mpeg'],
  ['ID3\x03', 'audio/mpeg'],
  ['ID3\x04', 'audio/mpeg'],
  ['OggS\0', 'application/ogg'],
  ['MThd\0\0\0\x06', 'audio/midi'],
  [/^RIFF.{4}AVI /s, 'video/avi'],
  [/^RIFF.{4}WAVE/s, 'audio/wave'],
  ['\x1a\x45\xdf\xa3', 'video/webm'],
  ['\0\x01\0\0', 'font/ttf'],
  ['OTTO\0', 'font/otf'],
  ['ttcf\0', 'font/collection'],
  ['wOFF\0\x01\0\0', 'font/woff'],
  ['wOFFOTTO', 'font/woff'],
  ['wOF2\0\x01\0\0', 'font/woff2'],
  ['wOF2OTTO', 'font/woff2'],
  ['\x1f\x8b\x08', 'application/x-gzip'],
  ['PK\x03\x04', 'application/zip'],
  ['Rar!\x1a\x07\0', 'application/x-rar-compressed'],
  ['Rar!\x1a\x07\x01\0', 'application/x-rar-compressed'],
  ['\0asm', 'application/wasm'],
];

/** The brands of a file in MPEG-4's format that tell its type. */
const BRANDS: readonly (readonly [RegExp, string])[] = [
  [/^avi[fs]$/, 'image/avif'],
  [/^mp4/, 'video/mp4'],
];

/**
 * Guesses the media type of a body by its first bytes: HTML, XML, PDF, pictures, sound, films, fonts, archives, text
 * (taken for UTF-8), otherwise `application/octet-stream`. The rules are those of WHATWG's MIME Sniffing standard,
 * sections 6 and 7.1, which Go's server follows too; AVIF is added.
 * @param body the whole body, or its first `SNIFFED_BYTES`
 */
export function sniffedType(body: Buffer): string {
  const looked = body.subarray(0, SNIFFED_BYTES);
  const start = looked.toString('latin1');
  for (const [beginning, type] of BEGINNINGS) {
    if (typeof beginning === 'string' ? start.startsWith(beginning) : beginning.test(start)) return type;
  }
  for (const [brand, type] of BRANDS) if (brandsOf(looked).some((each) => brand.test(each))) return type;
  return looked.some(isBinary) ? 'application/octet-stream' : 'text/plain; charset=utf-8';
}

/** Gives the brands of a file in MPEG-4's format: of its first box, the major one and those that it is compatible with. */
function brandsOf(looked: Buffer): readonly string[] {
  if (looked.toString('latin1', 4, 8) !== 'ftyp') return [];
  const box = looked.toString('latin1', 8, looked.readUInt32BE());
  const brands = box.match(/.{4}/gs) ?? [];
  return brands.filter((_, at) => at !== 1); // the second is the version of the first
}

/** Whether a text cannot have such a byte. */
function isBinary(byte: number): boolean {
  return byte < 9 || byte === 11 || (byte > 13 && byte < 27) || (byte > 27 && byte < 32);
}
