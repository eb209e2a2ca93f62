import { GatewayError } from '../errors.ts';
import { isDnsLabel, readFunctionName, type FunctionName } from '../functions/function-name.ts';
import type { ApiContext, Call } from './call.ts';

/**
 * @returns the namespace of a request: from the body, else from the query, else the default one
 * @throws GatewayError NAMESPACE_UNKNOWN where no namespace can have this name
 */
export function namespaceOf({ query }: Call, { defaultNamespace }: ApiContext, inBody = ''): string {
  const namespace = inBody || query.get('namespace') || defaultNamespace;
  if (!isDnsLabel(namespace)) throw unknownNamespace(namespace);
  return namespace;
}

/**
 * @param text `NAME`, or `NAME.NAMESPACE`, which has priority over any other namespace
 * @returns the function that a request names
 * @throws GatewayError FUNCTION_UNKNOWN, NAMESPACE_UNKNOWN
 */
export function functionOf(call: Call, context: ApiContext, text: string, inBody = ''): FunctionName {
  const name = readFunctionName(text, namespaceOf(call, context, inBody));
  if (!isDnsLabel(name.namespace)) throw unknownNamespace(name.namespace);
  if (!isDnsLabel(name.name)) {
    throw new GatewayError('FUNCTION_UNKNOWN', `there is no function ${shown(text)}`);
  }
  return name;
}

function unknownNamespace(namespace: string): GatewayError {
  return new GatewayError('NAMESPACE_UNKNOWN', `there is no namespace ${shown(namespace)}`);
}

/** Quotes a text of the caller for a message: one line of at most about 100 characters. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
