/**
 * The repository's templates and its index, which the build of dist/ofkit.js puts in place of this module
 * (scripts/build-ofkit.ts), so that they are there without a network.
 */

export interface BundledFile {
  /** Begins with the template's name. */
  readonly path: string;
  readonly mode: number;
  readonly content: string;
  readonly encoding: 'utf8' | 'base64';
}

export const bundledFiles: readonly BundledFile[] = [];

/** The text of templates.json. */
export const bundledIndex: string = '[]';
