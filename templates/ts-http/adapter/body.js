import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { charsetOf, charsetOfForm } from './charset.js';
import { bodyNotReadable, bodyTooLarge, encodingNotSupported } from './errors.js';
import { parseForm } from './form.js';

/** @import { IncomingMessage } from 'node:http' */
/** @import { Settings } from './settings.js' */

/** @typedef {(bytes: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>} Decoder */

/** @type {ReadonlyMap<string, Decoder>} */
const DECODERS = new Map([
  ['gzip', promisify(zlib.gunzip)],
  ['x-gzip', promisify(zlib.gunzip)],
  ['deflate', promisify(zlib.inflate)],
  ['br', promisify(zlib.brotliDecompress)],
]);

/** @typedef {'json' | 'text' | 'form' | 'raw'} BodyKind */

/** @param {IncomingMessage} req */
export function hasBody(req) {
  const { headers } = req;
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

/**
 * Decides the form of a body: JSON types are parsed, text is a string, a form an object, everything else stays bytes.
 *
 * @param {string} type content type
 * @param {Readonly<Settings>} settings
 * @returns {BodyKind}
 */
export function bodyKind(type, settings) {
  if (settings.rawBody) return 'raw';
  const semicolon = type.indexOf(';');
  const media = (semicolon === -1 ? type : type.slice(0, semicolon)).trim().toLowerCase();
  if (media === 'application/json' || media.endsWith('+json')) return 'json';
  if (media === '' || media.startsWith('text/')) return 'text';
  return media === 'application/x-www-form-urlencoded' ? 'form' : 'raw';
}

/**
 * Reads the whole body. Callbacks and not a promise, as this is on the path of every request.
 *
 * @param {IncomingMessage} req
 * @param {number} limit bytes, after decompression
 * @param {(bytes: Buffer) => void} done
 * @param {(error: unknown) => void} refuse also for a body that is too large, before it has arrived
 */
export function readBody(req, limit, done, refuse) {
  const encoding = req.headers['content-encoding']?.toLowerCase() || 'identity'; // an empty header counts as none
  const decoder = DECODERS.get(encoding);
  if (!decoder && encoding !== 'identity') return refuse(encodingNotSupported(encoding));
  if (!decoder && Number(req.headers['content-length']) > limit) return refuse(bodyTooLarge(limit));

  /** @type {Buffer[]} */
  const chunks = [];
  let length = 0;
  const onData = (/** @type {Buffer} */ chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length <= limit) return;
    req.off('data', onData).off('end', onEnd);
    refuse(bodyTooLarge(limit));
  };
  const onEnd = () => {
    const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length);
    if (!decoder || length === 0) done(bytes);
    else decompress(decoder, bytes, limit).then(done, refuse);
  };
  req.on('data', onData).on('end', onEnd); // a client that goes away causes neither event, and nobody is left to answer
}

/**
 * @param {Decoder} decoder
 * @param {Buffer} bytes
 * @param {number} limit
 */
async function decompress(decoder, bytes, limit) {
  try {
    return await decoder(bytes, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError) throw bodyTooLarge(limit);
    throw bodyNotReadable(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {BodyKind} kind
 * @param {Buffer} bytes
 * @param {string} type content type, for its charset
 * @returns {unknown} the value of event.body
 * @throws {import('./errors.js').RequestError}
 */
export function parseBody(kind, bytes, type) {
  if (kind === 'raw') return bytes;
  const { decode, isUnicode } = kind === 'form' ? charsetOfForm(type, bytes) : charsetOf(type);
  try {
    if (kind === 'form' && !isUnicode) return parseForm(bytes.toString('latin1'), decode);
    const text = decode(bytes);
    if (kind === 'text') return text;
    if (kind === 'form') return parseForm(text);
    return text === '' ? {} : JSON.parse(text);
  } catch (error) {
    throw bodyNotReadable(error instanceof Error ? error.message : String(error));
  }
}
