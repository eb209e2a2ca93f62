import type { FunctionEntry } from '../stack/functions.ts';

/**
 * Gives the name of a function's local image. It is the name of stack.yaml, which faas-cli deploys too, unless it cannot
 * be built (a digest), or a second function has the same.
 */
export function liveImageName({ name, image }: FunctionEntry, entries: readonly FunctionEntry[]): string {
  const isShared = entries.some((other) => other.name !== name && other.image === image);
  const isUsable = image !== '' && !image.includes('@') && !/\s/.test(image);
  return isUsable && !isShared ? image : `${name}:latest`;
}
