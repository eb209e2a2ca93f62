import type { Deployment } from '../functions/deployment.ts';

/** The prefixes of settings that are read from a function's labels, and of those that are read from its annotations. */
const OF_LABELS = ['com.openfaas.scale.'];
const OF_ANNOTATIONS = [
  'com.openfaas.retry.',
  'com.openfaas.queue',
  'com.openfaas.health.',
  'com.openfaas.ready.',
  'com.openfaas.profile',
  'com.openfaas.serviceaccount',
];
const WHOLE_OF_ANNOTATIONS: ReadonlySet<string> = new Set(['topic', 'schedule']);

/**
 * Finds labels that should be annotations, and annotations that should be labels, as they are easily confused.
 * @returns a line for each
 */
export function misplacedSettings({ labels, annotations }: Deployment): string[] {
  return [
    ...among(annotations, OF_LABELS).map(
      (key) => `${key} is an annotation and has no effect: make it a label`,
    ),
    ...[
      ...among(labels, OF_ANNOTATIONS),
      ...Object.keys(labels).filter((key) => WHOLE_OF_ANNOTATIONS.has(key)),
    ].map((key) => `${key} is a label and has no effect: make it an annotation`),
  ];
}

function among(given: Readonly<Record<string, string>>, prefixes: readonly string[]): string[] {
  return Object.keys(given).filter((key) => prefixes.some((prefix) => key.startsWith(prefix)));
}
