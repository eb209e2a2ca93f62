const BEYOND_ASCII = /[\u0080-\u00ff]/;

/**
 * Gives the body in the form that Node gets. A header's value has to be sent as Latin-1, a byte for each character.
 * Node joins a head with a body that is a string, and sends both as UTF-8; so such a body becomes bytes.
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
 * Moves Content-Disposition to the front of the headers: behind Content-Length, Node takes its value for UTF-8, and
 * refuses a value that is not.
 *
 * @param {string[]} head names and values in turn
 */
export function dispositionFirst(head) {
  const at = head.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-disposition');
  return at <= 0 ? head : [...head.slice(at, at + 2), ...head.toSpliced(at, 2)];
}
