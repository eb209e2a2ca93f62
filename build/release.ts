import manifest from '../package.json' with { type: 'json' };

/** What is published under which name: the one place for the repository's address and the watchdog's image. */

export const VERSION = manifest.version;

/** Where `ofkit template pull` and the rows of templates.json point to. */
export const REPOSITORY = 'https://github.com/openfaas-watchdog-ts/openfaas-watchdog-ts';

/** The image that the templates copy the watchdog from (`COPY --from`), the default of their build argument. */
export const WATCHDOG_IMAGE = `ghcr.io/openfaas-watchdog-ts/fwatchdog:${VERSION}`;
