// undici's index would load all of fetch too (60 ms); http mode needs only these two parts.
export { default as buildConnector } from 'undici/lib/core/connect.js';
export { default as Client } from 'undici/lib/dispatcher/client.js';
