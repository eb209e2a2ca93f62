/**
 * The file of a gateway's state folder by whose content the gateway finds its containers and networks again. A folder that
 * takes the place of another one takes this file over, lest they stay for ever.
 */
export const ENGINE_ID_FILE = 'engine-id';
