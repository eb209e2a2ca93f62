import manifest from '../package.json' with { type: 'json' };

/** The names that releases are published under. The repository's address and the watchdog's image stand here alone. */

export const VERSION = manifest.version;

/** The repository that `ofkit template pull` and the rows of templates.json point to. */
export const REPOSITORY = 'https://github.com/openfaas-watchdog-ts/openfaas-watchdog-ts';

/** The image that the templates copy the watchdog from. It is the default of their build argument. */
export const WATCHDOG_IMAGE = `ghcr.io/openfaas-watchdog-ts/fwatchdog:${VERSION}`;
