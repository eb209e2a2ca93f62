/** Refuses a request before the handler sees it. The client gets the status and `{"error": message}`. */
export class RequestError extends Error {
  /** @override */
  name = 'RequestError';

  /**
   * @param {number} status HTTP status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** @param {number} limit bytes */
export const bodyTooLarge = (limit) =>
  new RequestError(413, `request body is larger than ${limit} bytes; MAX_BODY_SIZE sets the limit`);

/** @param {string} reason */
export const bodyNotReadable = (reason) => new RequestError(400, `request body cannot be read: ${reason}`);

/** @param {string} encoding */
export const encodingNotSupported = (encoding) =>
  new RequestError(415, `content-encoding ${encoding} is not supported; gzip, deflate, br and identity are`);

/** @param {string} charset */
export const charsetNotSupported = (charset) => new RequestError(415, `charset ${charset} is not supported`);
