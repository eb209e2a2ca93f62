/** A message as a parser has read it. */
export interface Reading {
  /** Names and values in turn of each informational response before it, its status first. */
  readonly hints: readonly (readonly string[])[];
  /** Method and target, or status and reason. */
  readonly line: readonly string[];
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string;
  /** Names and values in turn. */
  readonly trailers: readonly string[];
  /** Whether it is whole without the end of the connection. */
  readonly endsByItself: boolean;
  /** Whether another message may follow. */
  readonly isPersistent: boolean;
}

/** Why a text is no message, no whole one, or none for this reader. */
export interface Refusal {
  readonly refused: string;
}

export function isRefusal(reading: Reading | Refusal): reading is Refusal {
  return 'refused' in reading;
}
