import type { FunctionName } from './function-name.ts';

/** Quantities in Kubernetes' format (`64Mi`, `500m`), as they were deployed. */
export interface Resources {
  readonly memory?: string;
  readonly cpu?: string;
  readonly 'nvidia.com/gpu'?: string;
  readonly 'amd.com/gpu'?: string;
  readonly 'intel.com/gpu'?: string;
}

/**
 * The wanted state of a function: the checked body of POST and PUT /system/functions. Fields that a provider ignores
 * (such as constraints on a single machine) are kept and shown all the same.
 */
export interface Deployment extends FunctionName {
  readonly image: string;
  /** The command that the watchdog runs; '' for the image's own. */
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
