import { GatewayError } from '../errors.ts';
import { isDnsLabel, readFunctionName, type FunctionName } from '../functions/function-name.ts';
import type { ApiContext, Call } from './call.ts';

/**
 * Gives the namespace of a request: that of the body, otherwise that of the query, otherwise the default one.
 * @throws GatewayError NAMESPACE_UNKNOWN where no namespace can have this name
 */
export function namespaceOf({ query }: Call, { defaultNamespace }: ApiContext, inBody = ''): string {
  const namespace = inBody || query.get('namespace') || defaultNamespace;
  if (!isDnsLabel(namespace)) throw unknownNamespace(namespace);
  return namespace;
}

/**
 * Gives the function of a request: `NAME`, or `NAME.NAMESPACE`, which precedes any other namespace.
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

/** Shortens a text of the caller's to one line of bounded length. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
