/** The bundled text of preload/preload.ts, which the build of dist/ofkit.js puts in place of this module. */
export const preloadText: string = '';
