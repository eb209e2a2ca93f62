/**
 * The file of a gateway's state folder with the id by which the gateway finds its containers and networks again. A
 * folder that replaces an older one takes over this file: otherwise no gateway would remove them.
 */
export const ENGINE_ID_FILE = 'engine-id';
