import { GatewayError } from '../errors.ts';
import type { FunctionStatus } from '../functions/function-status.ts';
import type { Provider } from './provider.ts';

/** The functions of every namespace; one that is removed meanwhile has none. */
export async function allFunctions(provider: Provider): Promise<readonly FunctionStatus[]> {
  const namespaces = await provider.namespaces.list();
  const lists = await Promise.all(namespaces.map(({ name }) => listIfThere(provider, name)));
  return lists.flat();
}

async function listIfThere(provider: Provider, namespace: string): Promise<readonly FunctionStatus[]> {
  try {
    return await provider.list(namespace);
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'NAMESPACE_UNKNOWN') return [];
    throw thrown;
  }
}
