/** The form of a test call, as the user filled it in. */
export interface TestCall {
  readonly isAsync: boolean;
  readonly method: string;
  readonly path: string;
  /** `Name: value`, one per line. */
  readonly headers: string;
  readonly body: string;
  readonly isJson: boolean;
  /** The X-Callback-Url of an asynchronous call; '' for none. */
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
