/** The ways in which a command of a RUN is followed here. */
export type CommandAction =
  /** The commands behind it run in another folder. */
  | { readonly kind: 'folder'; readonly path: string }
  /** A condition: it is run as it stands, and changes nothing. */
  | { readonly kind: 'test' }
  /** An installation: the packages of package.json, and the ones that the command names. */
  | {
      readonly kind: 'install';
      readonly folder: string;
      readonly packages: readonly string[];
      /** Whether the packages are for the whole image (`npm install -g`). */
      readonly isGlobal: boolean;
    }
  | {
      readonly kind: 'script';
      readonly folder: string;
      readonly script: string;
      readonly args: readonly string[];
      /** Whether nothing is wrong where there is no such script. */
      readonly isOptional: boolean;
      /** Whether it may name a program of the packages too (`yarn tsc`). */
      readonly mayBeTool: boolean;
    }
  /** A program, which is run where it is one of the function's packages, a compiler, or Node with a file of the function. */
  | { readonly kind: 'tool'; readonly folder: string; readonly words: readonly string[] }
  | { readonly kind: 'files'; readonly verb: FileVerb; readonly paths: readonly string[] }
  | { readonly kind: 'variables'; readonly variables: Readonly<Record<string, string>> }
  /** A line for a shell within the line (`sh -c`). */
  | { readonly kind: 'line'; readonly line: string }
  /** The command concerns the image alone, or is a check. Nothing is missing without it. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unfollowed' };

/** The commands that change files, which are done here without a shell. */
export const FILE_VERBS = ['mkdir', 'chmod', 'cp', 'mv', 'rm', 'touch', 'ln'] as const;
export type FileVerb = (typeof FILE_VERBS)[number];
