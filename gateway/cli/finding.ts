/** The result of one check of `of-gateway doctor`. */
export interface Finding {
  /** `warn`: the gateway works without it. `fail`: it cannot start, or not as the settings say. */
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly line: string;
}
