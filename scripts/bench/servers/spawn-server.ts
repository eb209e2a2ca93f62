import { spawn } from 'node:child_process';
import { createServer } from 'node:http';

/**
 * What the fork modes are measured against: the least that Node can do to answer each request with a
 * process of its own. It runs bundled, so that nothing but itself is in its memory.
 */
const server = createServer((request, response) => {
  const cat = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] });
  cat.on('error', () => {
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
  cat.stdin.on('error', () => request.resume());
  response.on('close', () => cat.kill());
  request.pipe(cat.stdin);
  cat.stdout.pipe(response);
});

server.listen(Number(process.env.port), '127.0.0.1');
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
