/** The formats of an image's tag that `--tag` may ask for. */
export const TAG_FORMATS = ['latest', 'sha', 'branch', 'describe', 'digest'] as const;
export type TagFormat = (typeof TAG_FORMATS)[number];
