import type { Deployment } from '../../functions/deployment.ts';
import type { VersionRecord } from '../../state/function-store.ts';
import type { Version } from './version.ts';

/** Runs instances: as processes of this machine, as containers of an engine. */
export interface Runner {
  /** What /system/info calls it. */
  readonly orchestration: string;
  /**
   * Makes ready, before any function is taken up. What a gateway before has left behind ends here, unless it goes on
   * serving under this one.
   */
  open(): Promise<void>;
  /** All functions have been taken up: what belongs to none of them ends. */
  takenUp(): void;
  /** Removes what is left once all functions have ended. */
  close(): Promise<void>;
  /** @throws GatewayError PROVIDER_UNAVAILABLE with the reason */
  checkHealth(): Promise<void>;
  /**
   * Checks what a deployment asks for, and settles which image it takes.
   * @throws GatewayError IMAGE_UNAVAILABLE, DEPLOYMENT_INVALID, PROVIDER_UNAVAILABLE
   */
  check(deployment: Deployment): Promise<VersionRecord>;
  /** Makes a version. One whose image has gone since is made too, and fails when it is started. */
  make(record: VersionRecord): Promise<Version>;
}
