import type { Lab } from './lab.ts';
import { ServerProcess } from './processes/server-process.ts';
import type { Subject } from './subjects/subject.ts';

/** How often a server that starts is asked whether it is ready, in milliseconds. */
const PAUSE = 20;

/** Where the servers of a group stand while they are measured, and the owner of their processes. */
export class Stage {
  readonly lab: Lab;
  readonly #servers: ServerProcess[] = [];

  constructor(lab: Lab) {
    this.lab = lab;
  }

  /**
   * Starts a server.
   * @throws Error when there is no such program; the reason of the bench's signal
   */
  launch(subject: Subject): ServerProcess {
    this.lab.signal.throwIfAborted();
    const server = new ServerProcess(subject.command);
    this.#servers.push(server);
    return server;
  }

  /**
   * Starts a server and waits until it is ready.
   * @throws Error when it ends or does not answer in time; the reason of the bench's signal
   */
  async serve(subject: Subject): Promise<ServerProcess> {
    const server = this.launch(subject);
    await server.untilOk(subject.readyUrl, PAUSE, this.lab.signal);
    return server;
  }

  /** Ends all that it has started. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.end()));
  }
}
