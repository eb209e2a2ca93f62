import { createServer } from 'node:http';
import { createListener } from './function-listener.ts';

/** The function as a server of its own, on the Unix socket function_socket or on function_port. */

const { function_socket: path, function_port: port } = process.env;
const server = createServer({ keepAliveTimeout: 0 }, createListener());
if (path) server.listen(path);
else server.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 });
process.once('SIGTERM', () => process.exit(0));
