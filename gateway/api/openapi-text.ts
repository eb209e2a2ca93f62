/** The text of docs/openapi.yaml. The build puts it here. */
export const openapiText = '';
