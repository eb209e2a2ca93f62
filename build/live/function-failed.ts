import { KitError } from '../errors.ts';
import type { StartFailure } from '../gateway-client/readiness.ts';

/** A function does not start. Its output was shown line by line already, so the error has none. */
export class FunctionFailed extends KitError {
  constructor(name: string, { reason, output }: StartFailure) {
    const how = reason.replace(/^it /, '').replace(/ before it was ready$/, '');
    super('START_FAILED', `${name} ${how}: see its output above`, { output });
  }
}
