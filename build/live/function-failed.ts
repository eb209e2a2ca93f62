import { KitError } from '../errors.ts';
import type { StartFailure } from '../gateway-client/readiness.ts';

/** A function does not start; what it wrote has been told line by line. */
export class FunctionFailed extends KitError {
  constructor(name: string, { reason, output }: StartFailure) {
    const how = reason.replace(/^it /, '').replace(/ before it was ready$/, '');
    super('START_FAILED', `${name} ${how}: see its output above`, { output });
  }
}
