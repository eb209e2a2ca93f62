/** A file of the page for browsers. */
export interface UiFile {
  readonly type: string;
  /** Compressed with gzip, in base64. */
  readonly gzip: string;
  /** Of its bytes: another for each content. */
  readonly hash: string;
}

/** The files of gateway/ui by their names, which the bundle has here. */
export const uiFiles: Readonly<Record<string, UiFile>> = {};
