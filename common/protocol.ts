/**
 * The watchdog's message to the process that started it with an IPC channel, in Node's JSON format. It tells the port,
 * so that the process need not read it from the log.
 */
export interface ListeningMessage {
  readonly type: 'listening';
  /** The port on which the watchdog takes requests. */
  readonly port: number;
}

/** @returns the message; undefined for any other message of the channel */
export function readListeningMessage(message: unknown): ListeningMessage | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  if (!('type' in message) || message.type !== 'listening' || !('port' in message)) return undefined;
  return typeof message.port === 'number' ? { type: 'listening', port: message.port } : undefined;
}
