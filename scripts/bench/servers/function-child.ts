import { spawn } from 'node:child_process';

/**
 * Starts the function below a proxy, as the watchdog does, so that both are measured together. Each ends with the
 * other.
 * @returns where the function listens
 */
export function startFunction(): string {
  const { function_file: file = '', function_port: port = '' } = process.env;
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'inherit', 'inherit'] });
  child.once('exit', () => process.exit(1));
  process.once('SIGTERM', () => {
    child.kill();
    process.exit(0);
  });
  return `http://127.0.0.1:${port}`;
}
