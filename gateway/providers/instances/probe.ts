import { get } from 'node:http';

/** The address at which an instance takes requests. */
export interface ProbedAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Sends one GET to an instance.
 * @returns the status; undefined where no answer comes in time
 */
export function probe(
  { host, port }: ProbedAddress,
  path: string,
  timeoutMs: number,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = get({
      host,
      port,
      path,
      agent: false,
      headers: { 'User-Agent': 'kube-probe/of-gateway' },
    });
    const timer = setTimeout(() => asked.destroy(), timeoutMs);
    asked.once('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', () => resolve(undefined));
    asked.once('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}
