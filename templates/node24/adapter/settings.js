import { StartError } from './start.js';

const UNITS = { b: 1, kb: 1 << 10, mb: 1 << 20, gb: 1 << 30 };
const DEFAULT_LIMIT = '100kb';

/**
 * @typedef {object} Settings
 * @property {number} parsedLimit bytes that a body may have which is parsed: JSON, text or a form
 * @property {number} rawLimit bytes that a body may have which is left as it is
 * @property {boolean} rawBody whether event.body is always the bytes of the body
 */

/**
 * Reads the settings of OpenFaaS's Node templates. There a limit held for one content type only; here MAX_BODY_SIZE
 * holds for all of them, and the two older names stand in for each other where one alone is set.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Readonly<Settings>}
 * @throws {StartError} a size that cannot be read
 */
export function readSettings(env) {
  const all = size(env, 'MAX_BODY_SIZE');
  const json = size(env, 'MAX_JSON_SIZE');
  const raw = size(env, 'MAX_RAW_SIZE');
  const fallback = parseSize(DEFAULT_LIMIT);
  return Object.freeze({
    parsedLimit: all ?? json ?? raw ?? fallback,
    rawLimit: all ?? raw ?? json ?? fallback,
    rawBody: env.RAW_BODY === 'true',
  });
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 */
function size(env, name) {
  const text = env[name];
  if (!text) return undefined;
  const bytes = parseSize(text);
  if (Number.isNaN(bytes)) {
    throw new StartError(
      `${name}=${text} is not a size: set bytes, or a number with kb, mb or gb such as 10mb`,
    );
  }
  return bytes;
}

/**
 * @param {string} text such as 4096, 100kb or 1.5 MB, in units of 1024
 * @returns {number} bytes, or NaN
 */
function parseSize(text) {
  const match = /^(\d+(?:\.\d+)?) *(b|kb|mb|gb)?$/i.exec(text.trim());
  if (!match) return Number.NaN;
  const unit = /** @type {keyof typeof UNITS} */ ((match[2] ?? 'b').toLowerCase());
  return Math.floor(Number(match[1]) * UNITS[unit]);
}
