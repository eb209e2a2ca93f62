/** The container engines that ofkit knows, in the order in which it looks for them. */
export const ENGINES = ['docker', 'podman', 'buildah'] as const;
export type Engine = (typeof ENGINES)[number];
