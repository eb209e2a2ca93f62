import type { Lab } from './lab.ts';
import { ServerProcess } from './processes/server-process.ts';
import type { Subject } from './subjects/subject.ts';

/** Milliseconds between two questions to a server that starts. */
const PAUSE = 20;

/** The servers of a group while they are measured, and the owner of their processes. */
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

  /** Ends all servers. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.end()));
  }
}
