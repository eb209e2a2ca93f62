import type { Output } from './output.ts';

const SHOWN_AFTER_MS = 1000;

/**
 * Waits for `work`, and tells the user of it after one second. On a terminal that is a line that counts the seconds and
 * goes when the work is done, elsewhere one line.
 */
export async function withProgress<T>(output: Output, label: string, work: Promise<T>): Promise<T> {
  const started = Date.now();
  let shown = false;
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    if (output.live) output.stream.write(`\r\u001B[K${output.paint('dim', `${label} (${seconds} s)`)}`);
    else if (!shown) output.line(`${label} ...`);
    shown = true;
  }, SHOWN_AFTER_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (shown && output.live) output.stream.write('\r\u001B[K');
  }
}
