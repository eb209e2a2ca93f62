import type { Deployment } from './deployment.ts';

/** CPU in thousandths of a core, memory in bytes, over all instances of a function. */
interface Usage {
  readonly cpu: number;
  readonly totalMemoryBytes: number;
  /** Of CPU, since the gateway was started; undefined where that is not known. */
  readonly cpuSeconds?: number;
}

/** A function as it is now: what was deployed, and what probes say of its instances. */
export interface FunctionStatus {
  readonly deployment: Deployment;
  /** Instances that are wished for. */
  readonly replicas: number;
  /** Instances that answer their readiness probe. */
  readonly availableReplicas: number;
  /** Of the deployment: an update keeps it. */
  readonly createdAt: Date;
  /** Measured where it was asked for. */
  readonly usage?: Usage;
  /** Why instances are missing, or what a user should know: one line each. Empty where all is well. */
  readonly notes: readonly string[];
}
