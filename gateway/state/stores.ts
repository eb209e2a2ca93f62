import { FunctionStore } from './function-store.ts';
import { NamespaceStore } from './namespace-store.ts';
import { SecretStore } from './secret-store.ts';
import { makeStateFolder } from './storage.ts';

/** The stores of a gateway that runs functions itself. */
export interface Stores {
  readonly functions: FunctionStore;
  readonly secrets: SecretStore;
  readonly namespaces: NamespaceStore;
}

/** @throws GatewayError STORAGE_FAILED */
export async function openStores(stateFolder: string, defaultNamespace: string): Promise<Stores> {
  await makeStateFolder(stateFolder);
  return {
    functions: await FunctionStore.open(stateFolder),
    secrets: await SecretStore.open(stateFolder),
    namespaces: await NamespaceStore.open(stateFolder, defaultNamespace),
  };
}
