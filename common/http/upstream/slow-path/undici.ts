// not from undici's index, which also loads fetch (60 ms): only these two parts are needed
export { default as buildConnector } from 'undici/lib/core/connect.js';
export { default as Client } from 'undici/lib/dispatcher/client.js';
