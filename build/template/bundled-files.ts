/**
 * The repository's templates and its index. scripts/build-ofkit.ts puts them into dist/ofkit.js in place of this module,
 * so that they need no network.
 */

export interface BundledFile {
  /** The path, which begins with the template's name. */
  readonly path: string;
  readonly mode: number;
  readonly content: string;
  readonly encoding: 'utf8' | 'base64';
}

export const bundledFiles: readonly BundledFile[] = [];

/** The text of templates.json. */
export const bundledIndex: string = '[]';
