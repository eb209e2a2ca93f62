import { ProcessGroups } from '../process/process-groups.ts';
import { HttpFunction } from '../modes/http/http-function.ts';
import type { UpstreamAddress } from '../../common/http/upstream/upstream-address.ts';
import type { SupervisorCommand } from './messages.ts';

/** The function of http mode from the view of a worker: the supervisor has started it, and tells how it is. */
export class ToldFunction extends HttpFunction {
  readonly starts = 0;
  readonly #pid: number;

  /** @param pid the function's process */
  constructor(address: UpstreamAddress, pid: number) {
    super(address);
    this.#pid = pid;
  }

  hear(command: SupervisorCommand): void {
    if (command === 'function accepts') this.accept();
    else if (command === 'function ended') this.tellEnded('the function has ended');
  }

  /** Kills the function of a supervisor that is gone, and so cannot stop it. */
  killOrphan(): void {
    if (this.hasEnded || this.#pid === 0) return;
    const groups = new ProcessGroups();
    groups.add(this.#pid);
    groups.killAll();
  }

  async start(): Promise<void> {
    // the supervisor starts it
  }

  processIds(): readonly number[] {
    return [];
  }

  async stop(): Promise<void> {
    await this.ended;
  }

  kill(): void {
    // the supervisor ends it, as other workers may still forward to it
  }
}
