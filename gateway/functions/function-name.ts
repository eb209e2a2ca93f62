/** A function's name and its namespace, which together identify it. */
export interface FunctionName {
  readonly name: string;
  readonly namespace: string;
}

/** The names that a function, a namespace and a Kubernetes Service may have (RFC 1123, section 2.1: a DNS label). */
const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** Whether a text can name a function or a namespace: a DNS label of 63 characters at most. */
export function isDnsLabel(text: string): boolean {
  return DNS_LABEL.test(text);
}

/**
 * Reads `NAME` or `NAME.NAMESPACE` of a URL. The last dot separates the two, as clients of OpenFaaS expect.
 * @param defaultNamespace is used where the text has no dot
 */
export function readFunctionName(text: string, defaultNamespace: string): FunctionName {
  const dot = text.lastIndexOf('.');
  if (dot === -1) return { name: text, namespace: defaultNamespace };
  return { name: text.slice(0, dot), namespace: text.slice(dot + 1) || defaultNamespace };
}

/** @returns `NAME.NAMESPACE`: the key of a function in maps, its label in metrics, and its name in messages */
export function qualifiedName({ name, namespace }: FunctionName): string {
  return `${name}.${namespace}`;
}
