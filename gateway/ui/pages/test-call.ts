/** A call as it is filled in. */
export interface TestCall {
  readonly isAsync: boolean;
  readonly method: string;
  readonly path: string;
  /** `Name: value`, a line each. */
  readonly headers: string;
  readonly body: string;
  readonly isJson: boolean;
  /** X-Callback-Url of an asynchronous one; '' for none. */
  readonly callback: string;
}

export const NEW_CALL: TestCall = {
  isAsync: false,
  method: 'POST',
  path: '',
  headers: '',
  body: '',
  isJson: false,
  callback: '',
};
