import { isFunctionUnknown } from '../errors.ts';
import type { FunctionName } from '../functions/function-name.ts';
import type { Provider } from './provider.ts';

/** @returns the annotations of a function; undefined where it is not deployed */
export async function annotationsOf(
  provider: Provider,
  name: FunctionName,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const { deployment } = await provider.status(name, { usage: false });
    return deployment.annotations;
  } catch (thrown) {
    if (isFunctionUnknown(thrown)) return undefined;
    throw thrown;
  }
}
