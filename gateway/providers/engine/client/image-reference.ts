/** The parts of an image's name. */
export interface ImageReference {
  /** The registry; `docker.io` where the name has none. */
  readonly registry: string;
  /** The name without tag and digest. It includes the registry, if one was given. */
  readonly repository: string;
  /** The digest (`sha256:…`) if there is one, else the tag, else `latest`. */
  readonly tag: string;
}

/**
 * Reads `[REGISTRY/]NAME[:TAG][@DIGEST]` (distribution/reference). A part before the first slash is a registry where it
 * has a dot or a colon, or is `localhost`.
 * @returns undefined where the text is no such name
 */
export function readImageReference(image: string): ImageReference | undefined {
  const match =
    /^([a-zA-Z0-9][\w.:/-]*?)(?::([\w][\w.-]{0,127}))?(?:@([a-z0-9+._-]+:[0-9a-fA-F]{32,}))?$/.exec(image);
  const repository = match?.[1];
  if (repository === undefined || repository.endsWith('/') || repository.includes('//')) return undefined;
  const first = repository.split('/')[0] ?? '';
  const hasRegistry = repository.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  if (repository.slice(hasRegistry ? first.length : 0).includes(':')) return undefined;
  return {
    registry: hasRegistry ? first : 'docker.io',
    repository,
    tag: match?.[3] ?? match?.[2] ?? 'latest',
  };
}
