import type { Deployment } from '../../functions/deployment.ts';
import type { VersionRecord } from '../../state/function-store.ts';
import type { FunctionVersion } from './function-version.ts';

/** Makes the versions of functions that run as instances: processes of this machine, or containers of an engine. */
export interface Runner {
  /** The name of this kind in /system/info. */
  readonly orchestration: string;
  /**
   * Prepares, before the functions of the last run are taken up. Instances that the last run left behind end here,
   * unless they can be adopted.
   */
  open(): Promise<void>;
  /** Tells that all functions of the last run have been taken up. Instances that belong to none of them end. */
  takenUp(): void;
  /** Cleans up after all functions have ended. */
  close(): Promise<void>;
  /** @throws GatewayError PROVIDER_UNAVAILABLE with the reason */
  checkHealth(): Promise<void>;
  /**
   * Checks a deployment, and finds its image.
   * @throws GatewayError IMAGE_UNAVAILABLE, DEPLOYMENT_INVALID, PROVIDER_UNAVAILABLE
   */
  check(deployment: Deployment): Promise<VersionRecord>;
  /** Makes a version. If its image was removed since `check`, it fails when an instance is launched. */
  make(record: VersionRecord): Promise<FunctionVersion>;
}
