import type { FunctionName } from './function-name.ts';

/** Quantities in Kubernetes' form (`64Mi`, `500m`), as they were given. */
export interface Resources {
  readonly memory?: string;
  readonly cpu?: string;
  readonly 'nvidia.com/gpu'?: string;
  readonly 'amd.com/gpu'?: string;
  readonly 'intel.com/gpu'?: string;
}

/**
 * The wanted state of a function: the body of POST and PUT /system/functions once it has been read and checked. Parts
 * that a provider cannot carry out (constraints on one machine) are kept and shown all the same.
 */
export interface Deployment extends FunctionName {
  readonly image: string;
  /** The command of the watchdog, where it is not the image's own; '' otherwise. */
  readonly envProcess: string;
  readonly envVars: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly constraints: readonly string[];
  readonly limits?: Resources;
  readonly requests?: Resources;
  readonly readOnlyRootFilesystem: boolean;
}
