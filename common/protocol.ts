/**
 * What the watchdog tells the process that started it with an IPC channel, in Node's JSON form. Whoever starts it reads
 * the port from here, and no line of its log.
 */
export interface ListeningMessage {
  readonly type: 'listening';
  /** The port that requests are taken on. */
  readonly port: number;
}

/** @returns the message, or undefined for anything else that comes over a channel */
export function readListeningMessage(message: unknown): ListeningMessage | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  if (!('type' in message) || message.type !== 'listening' || !('port' in message)) return undefined;
  return typeof message.port === 'number' ? { type: 'listening', port: message.port } : undefined;
}
