/** The text of preload/preload.ts, bundled: the build puts it here (scripts/build-gateway.ts). */
export const preloadText: string = '';
