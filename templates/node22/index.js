// The process behind the watchdog: serves the function on http_port until SIGTERM.
import http from 'node:http';
import process from 'node:process';
import { readPort, StartError, survive } from './adapter/start.js';
import { createListener } from './listener.js';

survive();

try {
  serve(readPort(process.env), await createListener(process.env));
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
}

/**
 * @param {number} port
 * @param {http.RequestListener} listener
 */
function serve(port, listener) {
  // The watchdog is the only client. It keeps the time, and it takes headers of up to 1 MiB.
  const options = { requestTimeout: 0, keepAliveTimeout: 0, maxHeaderSize: 2 << 20 };
  const server = http.createServer(options, listener);
  server.once('error', (error) => {
    console.error(`cannot listen on http_port=${port}: ${error.message}`);
    process.exit(1);
  });
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    console.log(`listening on port: ${typeof address === 'object' ? address?.port : port}`);
  });
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop(server));
}

/**
 * Lets the requests in flight end, then the process.
 *
 * @param {http.Server} server
 */
function stop(server) {
  server.close(() => process.exit(0));
  setInterval(() => server.closeIdleConnections(), 50);
}
