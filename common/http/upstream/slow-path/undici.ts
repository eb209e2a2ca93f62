// undici's index loads all of fetch with it (60 ms); these two parts of it are all that http mode needs.
export { default as buildConnector } from 'undici/lib/core/connect.js';
export { default as Client } from 'undici/lib/dispatcher/client.js';
