/** The folder where a function finds its secrets, one file each. */
export const SECRETS_MOUNT = '/var/openfaas/secrets';
