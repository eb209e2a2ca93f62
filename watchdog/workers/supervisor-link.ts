import { COMMANDS, isOurs, type SupervisorCommand, type FromWorker, type ToWorker } from './messages.ts';

/** A worker's end of the channel to its supervisor. */
export class SupervisorLink {
  /** Settles with the bound port, once it has come. */
  readonly port: Promise<unknown>;

  /**
   * @param onCommand called for every command, from the first on
   * @param onGone called when the supervisor is gone
   */
  constructor(onCommand: (command: SupervisorCommand) => void, onGone: () => void) {
    this.port = new Promise((resolve) => {
      process.on('message', (message, handle) => {
        if (isOurs<ToWorker>(message, COMMANDS)) onCommand(message.type);
        else if (handle !== undefined) resolve(handle);
      });
    });
    if (process.connected) process.once('disconnect', onGone);
    else queueMicrotask(onGone); // it went before this process could see it
  }

  /** Settles when the message has gone out, or cannot go out any more. */
  tell(message: FromWorker): Promise<void> {
    return new Promise((resolve) => {
      if (!process.connected || !process.send) return resolve();
      process.send(message, undefined, undefined, () => resolve());
    });
  }
}
