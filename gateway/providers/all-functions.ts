import { GatewayError } from '../errors.ts';
import type { FunctionStatus } from '../functions/function-status.ts';
import type { Provider } from './provider.ts';

/** Lists the functions of all namespaces. A namespace that is removed meanwhile counts as empty. */
export async function allFunctions(
  provider: Provider,
  options?: { readonly usage: boolean },
): Promise<readonly FunctionStatus[]> {
  const namespaces = await provider.namespaces.list();
  const lists = await Promise.all(namespaces.map(({ name }) => listIfThere(provider, name, options)));
  return lists.flat();
}

async function listIfThere(
  provider: Provider,
  namespace: string,
  options: { readonly usage: boolean } | undefined,
): Promise<readonly FunctionStatus[]> {
  try {
    return await provider.list(namespace, options);
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'NAMESPACE_UNKNOWN') return [];
    throw thrown;
  }
}
