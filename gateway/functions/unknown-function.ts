import { GatewayError } from '../errors.ts';
import { qualifiedName, type FunctionName } from './function-name.ts';

/** Makes the error for a function that is not deployed. */
export function unknownFunction(name: FunctionName): GatewayError {
  return new GatewayError('FUNCTION_UNKNOWN', `no function ${qualifiedName(name)} is deployed`);
}
