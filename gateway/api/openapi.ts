import type { Answer } from './answer.ts';
import { openapiText } from './openapi-text.ts';

/** `GET /openapi.yaml`: the description of the API for machines. */
export function serveDocument(): Answer {
  return { status: 200, headers: { 'Content-Type': 'application/yaml' }, body: openapiText };
}
