/** docs/openapi.yaml, which the bundle has here. */
export const openapiText = '';
