import type { Answer } from './answer.ts';
import { openapiText } from './openapi-text.ts';

/** `GET /openapi.yaml`: what all of this is, for machines. */
export function serveDocument(): Answer {
  return { status: 200, headers: { 'Content-Type': 'application/yaml' }, body: openapiText };
}
