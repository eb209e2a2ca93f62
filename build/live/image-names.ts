import type { FunctionEntry } from '../stack/functions.ts';

/**
 * The name of a function's local image: that of stack.yaml, by which faas-cli deploys it too, unless nothing can be built
 * under it, or another function has the same.
 */
export function liveImageName({ name, image }: FunctionEntry, entries: readonly FunctionEntry[]): string {
  const isShared = entries.some((other) => other.name !== name && other.image === image);
  const isUsable = image !== '' && !image.includes('@') && !/\s/.test(image);
  return isUsable && !isShared ? image : `${name}:latest`;
}
