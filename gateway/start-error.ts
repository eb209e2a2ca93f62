/** The gateway cannot start: one line for the operator, then exit status 1. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
