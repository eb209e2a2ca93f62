/** What `--tag` may ask an image's tag to say. */
export const TAG_FORMATS = ['latest', 'sha', 'branch', 'describe', 'digest'] as const;
export type TagFormat = (typeof TAG_FORMATS)[number];
