/** The build replaces these. */
declare const OF_GATEWAY_VERSION: string | undefined;
declare const OF_GATEWAY_COMMIT: string | undefined;

/** The version. It is never empty, as clients take that for an error. */
export const RELEASE = typeof OF_GATEWAY_VERSION === 'string' ? OF_GATEWAY_VERSION : 'dev';
export const COMMIT = typeof OF_GATEWAY_COMMIT === 'string' ? OF_GATEWAY_COMMIT : 'unknown';
