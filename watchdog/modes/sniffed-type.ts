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
  ['\xfe\xff', 'text/plain; charset=utf-16be'],
  ['\xff\xfe', 'text/plain; charset=utf-16le'],
  ['\xef\xbb\xbf', 'text/plain; charset=utf-8'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF.{4}WEBPVP/s, 'image/webp'],
  [/^.{4}ftypavi[fs]/s, 'image/avif'],
  [/^BM.{4}\0{4}/s, 'image/bmp'], // the standard asks for the two letters alone, but a text may begin with them
  ['\0\0\x01\0', 'image/x-icon'],
];

/**
 * Guesses the media type of a body by its first bytes: HTML, XML, PDF, pictures, text (taken for UTF-8), otherwise
 * `application/octet-stream`. The rules are those of WHATWG's MIME Sniffing standard, section 7.1, which Go's server
 * follows too; AVIF is added.
 * @param body the whole body, or its first `SNIFFED_BYTES`
 */
export function sniffedType(body: Buffer): string {
  const looked = body.subarray(0, SNIFFED_BYTES);
  const start = looked.toString('latin1');
  for (const [beginning, type] of BEGINNINGS) {
    if (typeof beginning === 'string' ? start.startsWith(beginning) : beginning.test(start)) return type;
  }
  return looked.some(isBinary) ? 'application/octet-stream' : 'text/plain; charset=utf-8';
}

/** Whether a text cannot have such a byte. */
function isBinary(byte: number): boolean {
  return byte < 9 || byte === 11 || (byte > 13 && byte < 27) || (byte > 27 && byte < 32);
}
