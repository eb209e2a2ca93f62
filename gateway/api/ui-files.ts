/** A file of the page for browsers. */
export interface UiFile {
  readonly type: string;
  /** Compressed with gzip, in base64. */
  readonly gzip: string;
  /** A hash of its content. */
  readonly hash: string;
}

/** The files of the page by their names. The build puts them here. */
export const uiFiles: Readonly<Record<string, UiFile>> = {};
