/** One thing that was looked at. */
export interface Finding {
  /** `warn` is for what the gateway goes without. */
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly line: string;
}
