/** The orchestrators that `ofkit generate` writes manifests for. */
export const TARGETS = ['kubernetes', 'knative', 'openfaas', 'compose'] as const;
export type ManifestTarget = (typeof TARGETS)[number];
