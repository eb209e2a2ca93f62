import type { Deployment } from './deployment.ts';

/** The usage of all instances of a function: CPU in thousandths of a core, memory in bytes. */
interface Usage {
  readonly cpu: number;
  readonly totalMemoryBytes: number;
  /** The CPU time since the gateway was started; undefined where it is not known. */
  readonly cpuSeconds?: number;
}

/** The state of one instance. `restarting`: it starts after others of its version have failed. */
export type InstanceState = 'starting' | 'restarting' | 'idle' | 'busy' | 'draining';

export interface InstanceStatus {
  readonly id: string;
  readonly state: InstanceState;
  readonly inFlight: number;
}

/** The current state of a function: its deployment and its instances. */
export interface FunctionStatus {
  readonly deployment: Deployment;
  /** The wanted number of instances. */
  readonly replicas: number;
  /** How many instances are ready. */
  readonly availableReplicas: number;
  /** When the function was deployed first. An update does not change it. */
  readonly createdAt: Date;
  /** When the latest version was deployed, if the provider knows. */
  readonly deployedAt?: Date;
  /** The instances, if the provider knows them. */
  readonly instances?: readonly InstanceStatus[];
  /** The usage, if it was asked for. */
  readonly usage?: Usage;
  /** Lines that say why instances are missing, and other facts for a user. Empty where all is well. */
  readonly notes: readonly string[];
}
