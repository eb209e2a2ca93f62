import { spawn } from 'node:child_process';

/**
 * Starts the function below a proxy, as ours do, so that both are measured as one; the end of either is that of the
 * other.
 * @returns where the function listens, and the path below which the proxy serves it
 */
export function startFunction(): { target: string; base: string } {
  const { function_command: command = '[]', function_url: target = '', base = '' } = process.env;
  const [file = '', ...words] = JSON.parse(command) as string[];
  const child = spawn(file, words, { stdio: ['ignore', 'inherit', 'inherit'] });
  child.once('exit', () => process.exit(1));
  process.once('SIGTERM', () => {
    child.kill();
    process.exit(0);
  });
  return { target, base };
}
