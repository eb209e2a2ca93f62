/** The part of stack.yaml from which functions are created, built and run. */
export interface Stack {
  readonly file: string;
  readonly functions: readonly FunctionEntry[];
  /** `configuration.templates`: where a missing template comes from; no source means the store. */
  readonly templates: readonly { readonly name: string; readonly source: string }[];
  /** `configuration.copy`: paths that go into every build context. */
  readonly copy: readonly string[];
}

export interface FunctionEntry {
  readonly name: string;
  /** Its place in the file, for errors: `stack.yaml line 7`. */
  readonly place: string;
  /** The name of the template. */
  readonly lang: string;
  /** The folder of the handler, as written. */
  readonly handler: string;
  readonly image: string;
  readonly fprocess: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly environmentFile: readonly string[];
  readonly secrets: readonly string[];
  readonly skipBuild: boolean;
  readonly buildOptions: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly buildSecrets: Readonly<Record<string, string>>;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The nodes where it may run, as written (`kubernetes.io/arch=arm64`). */
  readonly constraints: readonly string[];
  readonly limits: Resources;
  readonly requests: Resources;
  readonly readOnlyRootFilesystem: boolean;
}

/** The quantities that the file gives, in the form of Kubernetes (`128Mi`, `100m`). */
export interface Resources {
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
}

/** Whether two entries have the same content, even at different lines of the file. */
export function isSameEntry(one: FunctionEntry, other: FunctionEntry): boolean {
  return JSON.stringify({ ...one, place: '' }) === JSON.stringify({ ...other, place: '' });
}

/** An RFC 1123 label, which Kubernetes requires of a service's name. */
const FUNCTION_NAME = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** A name that a folder, a file and a Compose service can have. */
const USABLE_NAME = /^[A-Za-z0-9_][\w.-]{0,127}$/;

export function isUsableName(name: string): boolean {
  return USABLE_NAME.test(name);
}

export function isFunctionName(name: string): boolean {
  return FUNCTION_NAME.test(name);
}

/** Gives the name of a function for a gateway: its own, or one that a gateway takes (`with-go-modules`). */
export function serviceName(name: string): string {
  if (isFunctionName(name)) return name;
  const label = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63);
  return label.replaceAll(/^-|-$/g, '') || 'function';
}

/** The folder name of a template, with the reference it was pulled at, if any (`node22@1.0`). */
const TEMPLATE_NAME = /^[A-Za-z0-9][\w.+-]*(?:@[\w.+-]+)?$/;

export function isTemplateName(name: string): boolean {
  return TEMPLATE_NAME.test(name) && !name.includes('..');
}
