const BEYOND_ASCII = /[\u0080-\u00ff]/;

/**
 * The body as it is to be handed to Node. A header's value is Latin-1, a byte for a character; but Node writes head and
 * body in one where the body is a string, and then the head as UTF-8 too.
 *
 * @template {string | Uint8Array | undefined} Body
 * @param {readonly (string | readonly string[])[]} head names and values in turn
 * @param {Body} body
 * @returns {Body | Buffer}
 */
export function behindHead(head, body) {
  return typeof body === 'string' && head.some(isBeyondAscii) ? Buffer.from(body) : body;
}

/** @param {string | readonly string[]} value */
function isBeyondAscii(value) {
  return typeof value === 'string' ? BEYOND_ASCII.test(value) : value.some((each) => BEYOND_ASCII.test(each));
}

/**
 * The headers with Content-Disposition first: behind Content-Length Node takes its value for UTF-8, and refuses what
 * cannot be read as that.
 *
 * @param {string[]} head names and values in turn
 */
export function dispositionFirst(head) {
  const at = head.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-disposition');
  return at <= 0 ? head : [...head.slice(at, at + 2), ...head.toSpliced(at, 2)];
}
